/** How redis-cli shows a reply: for people, or raw for other programs. */
import { quoted, type Value } from './resp.ts';

/** With types and quotes, as on a terminal; the last line ends with a newline. */
export function forPeople(value: Value, indent = ''): string {
  switch (value.kind) {
    case 'status':
      return `${value.text}\n`;
    case 'error':
      return `(error) ${value.text}\n`;
    case 'string':
      return `${quoted(value.text)}\n`;
    case 'integer':
      return `(integer) ${value.value}\n`;
    case 'nil':
      return '(nil)\n';
    default:
      return list(value.items, indent);
  }
}

function list(items: readonly Value[], indent: string): string {
  if (items.length === 0) return '(empty array)\n';
  const width = String(items.length).length;
  const inner = indent + ' '.repeat(width + 2);
  return items
    .map((item, i) => `${i === 0 ? '' : indent}${String(i + 1).padStart(width)}) ${forPeople(item, inner)}`)
    .join('');
}

/** The bare values, a line each. */
export function raw(value: Value): string {
  switch (value.kind) {
    case 'nil':
      return '\n';
    case 'integer':
      return `${value.value}\n`;
    case 'array':
      return value.items.length === 0 ? '\n' : value.items.map(raw).join('');
    case 'error':
      return `${value.text}\n\n`;
    default:
      return `${value.text.replace(/\n$/, '')}\n`;
  }
}
