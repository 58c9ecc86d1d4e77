/** The command being typed, as completion sees it: its words, and the one the cursor is at the end of. */

export interface TypedWords {
  /** Of the command at the cursor, quotes removed; the last is the one being typed, perhaps empty. */
  readonly words: readonly string[];
  /** Where the last word begins in the line, quotes and all. */
  readonly start: number;
  /** The quote that is still open. */
  readonly quote: '' | "'" | '"';
  /** Behind `<` or `>`: a file. */
  readonly redirected: boolean;
}

const ENDS_COMMAND = new Set([';', '|', '&', '(', ')', '\n', '`', '{', '}', '!']);
/** Words behind which a command begins. */
const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', 'time', 'sudo', 'exec', 'command']);

export function typedWords(line: string): TypedWords {
  const words: string[] = [];
  let word: string | undefined;
  let start = line.length;
  let quote: TypedWords['quote'] = '';
  let redirected = false;
  const begin = (at: number) => {
    if (word !== undefined) return;
    word = '';
    start = at;
  };
  const finish = () => {
    if (word === undefined) return;
    if (redirected) redirected = false;
    else words.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    const opensCommand = char === '`' || (char === '$' && line[at + 1] === '(');
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (quote === '"' && opensCommand && char === '$') {
        words.length = 0;
        word = undefined;
        quote = '';
        at++;
      } else if (quote === '"' && char === '\\' && /["\\$`]/.test(line[at + 1] ?? '')) word += line[++at] as string;
      else word += char;
    } else if (char === "'" || char === '"') {
      begin(at);
      quote = char;
    } else if (char === '\\') {
      begin(at);
      word += line[++at] ?? '';
    } else if (opensCommand) {
      words.length = 0;
      word = undefined;
      if (char === '$') at++;
    } else if (/[ \t]/.test(char)) finish();
    else if (char === '<' || char === '>') {
      finish();
      redirected = true;
    } else if (ENDS_COMMAND.has(char) && (word === undefined || !/[{}!]/.test(char))) {
      finish();
      words.length = 0;
      redirected = false;
    } else {
      begin(at);
      word += char;
    }
  }
  const current = word ?? '';
  return { words: [...command(words), current], start: word === undefined ? line.length : start, quote, redirected };
}

/** Without keywords and assignments in front. */
function command(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !KEYWORDS.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  return at < 0 ? [] : words.slice(at);
}

/** A candidate as it stands on the line: characters that mean something to the shell are quoted. */
export function quoted(text: string, quote: TypedWords['quote']): string {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&');
  const tilde = text.startsWith('~/') ? '~' : '';
  return tilde + text.slice(tilde.length).replace(/[\s"'\\$`&|;()<>*?!#[\]{}~]/g, '\\$&');
}
