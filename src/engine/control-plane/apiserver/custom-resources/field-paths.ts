/**
 * Paths into a schema: `.spec.size`, `.spec['a.b']`.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go ValidFieldPath
 */
import { itemsOf, type SchemaProps, valuesOf } from './schema-props.ts';

const STEP = /^(?:\.([a-zA-Z_][a-zA-Z0-9_-]*)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\])/;

/** The steps of a path: names, and indexes as numbers. Undefined when it is none. */
export function parseFieldPath(path: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  let rest = path;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (!match) return undefined;
    const [whole, name, quoted, index] = match;
    steps.push(index === undefined ? (name ?? (quoted as string).replace(/\\(.)/g, '$1')) : Number(index));
    rest = rest.slice(whole.length);
  }
  return steps.length > 0 ? steps : undefined;
}

/** The schema at a path; a text says why there is none. */
export function fieldPathSchema(schema: SchemaProps, path: string, arrays = true): SchemaProps | string {
  const steps = parseFieldPath(path);
  if (!steps)
    return path.startsWith('.') || path.startsWith('[')
      ? `expected field name or [ but got: ${path}`
      : `expected [ or . but got: ${path}`;
  let at: SchemaProps = schema;
  for (const step of steps) {
    if (typeof step === 'number') {
      const items = arrays ? itemsOf(at) : undefined;
      if (!items) return `does not refer to a valid field`;
      at = items;
      continue;
    }
    const next = at.properties?.[step] ?? valuesOf(at);
    if (!next) return 'does not refer to a valid field';
    at = next;
  }
  return at;
}
