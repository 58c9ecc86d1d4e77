/** YAML for the few files a new cluster starts with: maps, lists and scalars in their plainest form. The whole language is an asset. */

/** A text that means itself without quotes, in YAML 1.1 as in 1.2. */
const PLAIN = /^[A-Za-z/][\w./@-]*(:[\w./@-]+)*$/;
const SPECIAL = /^(true|false|yes|no|on|off|y|n|null)$/i;

type Lines = readonly string[];

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return PLAIN.test(value) && !SPECIAL.test(value) ? value : JSON.stringify(value);
}

const indented = (lines: Lines): Lines => lines.map((line) => `  ${line}`);

function linesOf(value: unknown): Lines {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = linesOf(item);
      return [`- ${first}`, ...indented(rest)];
    });
  }
  if (typeof value !== 'object' || value === null) return [scalar(value)];
  return Object.entries(value).flatMap(([key, child]) => {
    if (typeof child !== 'object' || child === null) return [`${scalar(key)}: ${scalar(child)}`];
    if (Object.keys(child).length === 0) return [`${scalar(key)}: ${Array.isArray(child) ? '[]' : '{}'}`];
    return [`${scalar(key)}:`, ...indented(linesOf(child))];
  });
}

/** A document; lists and maps in lists must not be empty. */
export const plainYaml = (value: object): string => `${linesOf(value).join('\n')}\n`;
