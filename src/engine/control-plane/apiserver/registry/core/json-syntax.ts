/**
 * What Go's JSON parser says about a text that should be an object.
 * @upstream encoding/json (scanner.go)
 */

const quoted = (char: string): string => (char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${char}'`);
const SPACE = /\s/;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The first character that cannot start a value, at the top. */
function leadingFault(text: string): string | undefined {
  const start = [...text].findIndex((char) => !SPACE.test(char));
  if (start < 0) return 'unexpected end of JSON input';
  const char = text.charAt(start);
  return /[{["\-0-9tfn]/.test(char) ? undefined : `invalid character ${quoted(char)} looking for beginning of value`;
}

/** Where JSON.parse gave up, in Go's words as far as they can be told. */
function syntaxFault(text: string, message: string): string {
  if (/Unexpected end|Unterminated|end of JSON/.test(message)) return 'unexpected end of JSON input';
  const at = /position (\d+)/.exec(message)?.[1];
  const char = at === undefined ? '' : text.charAt(Number(at));
  if (char === '') return 'unexpected end of JSON input';
  if (/double-quoted property name|property name or/.test(message)) {
    return `invalid character ${quoted(char)} looking for beginning of object key string`;
  }
  if (/after JSON|non-whitespace/.test(message)) return `invalid character ${quoted(char)} after top-level value`;
  return `invalid character ${quoted(char)} looking for beginning of value`;
}

/** Go types that texts are read into. */
const WANTED = { object: 'map[string]interface {}', array: '[]core.Toleration' } as const;

/** The error of reading the text as such a JSON value, or undefined when it is one. */
export function goJsonError(text: string, wanted: keyof typeof WANTED = 'object'): string | undefined {
  const leading = leadingFault(text);
  if (leading) return leading;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return syntaxFault(text, error.message);
    throw error;
  }
  if (value === null || kindOf(value) === wanted) return undefined;
  return `json: cannot unmarshal ${kindOf(value)} into Go value of type ${WANTED[wanted]}`;
}
