/** Go's regular expressions as JavaScript's. */

const compiled = new Map<string, RegExp | undefined>();
const MAX_KNOWN = 1000;

/** Undefined for what is no expression. Both languages read nearly all of what schemas use alike. */
export function goPattern(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  if (compiled.size >= MAX_KNOWN) compiled.clear();
  const expression = compile(pattern);
  compiled.set(pattern, expression);
  return expression;
}

function compile(pattern: string): RegExp | undefined {
  const [, letters = '', rest = pattern] = /^\(\?([ims]+)\)([\s\S]*)$/.exec(pattern) ?? [];
  const source = rest
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replace(/\[\[:(\w+):\]\]/g, (whole, name: string) => POSIX[name] ?? whole);
  for (const flags of [`${letters}u`, letters]) {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

const POSIX: { readonly [name: string]: string } = {
  alpha: '[A-Za-z]',
  digit: '[0-9]',
  alnum: '[0-9A-Za-z]',
  lower: '[a-z]',
  upper: '[A-Z]',
  space: '[\\t\\n\\v\\f\\r ]',
  xdigit: '[0-9A-Fa-f]',
  word: '[0-9A-Za-z_]',
};
