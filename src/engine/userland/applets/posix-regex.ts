/** POSIX regular expressions as JavaScript's. */
import { CHARACTER_CLASSES } from '../character-classes.ts';

/** Compiles a basic or extended pattern. Throws SyntaxError. */
export function posixRegex(pattern: string, extended: boolean, flags = ''): RegExp {
  return new RegExp(regexSource(pattern, extended), flags);
}

export function regexSource(pattern: string, extended: boolean): string {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '[') {
      const { source, end } = bracket(pattern, i);
      out += source;
      i = end;
    } else if (char === '\\') {
      out += escaped(pattern[++i], extended);
    } else if (extended) out += char === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i)) ? '\\{' : char;
    else if ('+?(){}|'.includes(char)) out += `\\${char}`;
    else if (char === '*' && (out === '' || /(^|[^\\])\\?[(|^]$/.test(out))) out += '\\*';
    else if (char === '^' && out !== '' && !/(\(\??:?|\|)$/.test(out)) out += '\\^';
    else if (char === '$' && i < pattern.length - 1 && !/^\\[)|]/.test(pattern.slice(i + 1))) out += '\\$';
    else out += char;
  }
  return out;
}

function escaped(char: string | undefined, extended: boolean): string {
  if (char === undefined) return '\\\\';
  if (char === '<') return '\\b(?=\\w)';
  if (char === '>') return '\\b(?<=\\w)';
  if (char === '`') return '^';
  if (char === "'") return '$';
  if (!extended && '(){}|+?'.includes(char)) return char;
  if (/[a-zA-Z]/.test(char)) return 'wWsSbBntrdD'.includes(char) ? `\\${char}` : char;
  return /[0-9]/.test(char) ? `\\${char}` : `\\${char}`;
}

function bracket(pattern: string, start: number): { readonly source: string; readonly end: number } {
  let i = start + 1;
  let body = '';
  const negated = pattern[i] === '^';
  if (negated) i++;
  for (let first = true; i < pattern.length; first = false) {
    const char = pattern[i] as string;
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: i };
    const named = /^\[[:.=](\w+)[:.=]\]/.exec(pattern.slice(i));
    if (char === '[' && named) {
      body += CHARACTER_CLASSES[named[1] as string] ?? named[1];
      i += named[0].length;
    } else {
      body +=
        char === '\\' && /[nt]/.test(pattern[i + 1] ?? '')
          ? `\\${pattern[++i]}`
          : /[\\\]^[]/.test(char)
            ? `\\${char}`
            : char;
      i++;
    }
  }
  throw new SyntaxError('Unmatched [, [^, [:, [., or [=');
}

/** Text that matches itself. */
export const literalSource = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
