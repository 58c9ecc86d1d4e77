/** Field paths as the API server prints them: `spec.ports[0].port`, `.spec.containers[name="web"].image`, `metadata.labels[app]`. */

/** A key, an index, or the item of a list whose fields have these values. */
export type PathStep = string | number | { readonly [field: string]: string | number };
export type FieldPath = readonly PathStep[];

export function parseFieldPath(text: string): FieldPath {
  const steps: PathStep[] = [];
  let at = text.startsWith('.') ? 1 : 0;
  while (at < text.length) {
    if (text[at] === '.') at++;
    else if (text[at] === '[') {
      const end = endOfBracket(text, at);
      steps.push(bracket(text.slice(at + 1, end)));
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== '.' && text[end] !== '[') end++;
      steps.push(text.slice(at, end));
      at = end;
    }
  }
  return steps;
}

/** The bracket that closes the one at `start`; brackets in quotes do not count. */
function endOfBracket(text: string, start: number): number {
  let quoted = false;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"' && text[at - 1] !== '\\') quoted = !quoted;
    else if (text[at] === ']' && !quoted) return at;
  }
  return text.length;
}

function bracket(inside: string): PathStep {
  if (/^\d+$/.test(inside)) return Number(inside);
  const members = [...inside.matchAll(/([\w.-]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)];
  if (members.length === 0) return inside.replace(/^"(.*)"$/, '$1');
  return Object.fromEntries(
    members.map(([, field = '', value = '']) => {
      if (value.startsWith('"')) return [field, value.slice(1, -1)];
      return [field, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );
}
