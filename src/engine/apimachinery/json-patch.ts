/**
 * RFC 6902 with the habits of the library upstream uses: `replace` of an absent field adds it, negative indexes count from
 * the end, a pointer's first part is skipped whatever it is.
 * @upstream vendor/gopkg.in/evanphx/json-patch.v4/patch.go
 */
import { isJsonMap, jsonEqual, type WritableJsonMap } from './json-value.ts';

/** The patch does not apply to this document. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

export interface JsonPatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

const fail = (message: string): never => {
  throw new JsonPatchError(message);
};

const unescapePart = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

function partsOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1).map(unescapePart);
  return parts.length > 0 ? parts : fail(`doc is missing path: ${JSON.stringify(pointer)}: missing value`);
}

function indexOf(key: string, length: number): number {
  const index = /^[+-]?\d+$/.test(key)
    ? Number(key)
    : fail(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  if (index >= length || index < -length) fail(`Unable to access invalid index: ${index}`);
  return index < 0 ? index + length : index;
}

function getChild(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return container[indexOf(key, container.length)];
  return isJsonMap(container) ? container[key] : undefined;
}

function getAt(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  return partsOf(pointer).reduce<unknown>((value, part) => getChild(value, part), document);
}

/** Copies the containers on the way to the last part, and lets `change` produce the last container. */
function updateAt(
  value: unknown,
  parts: readonly string[],
  at: number,
  change: (container: unknown, key: string) => unknown,
): unknown {
  const key = parts[at] as string;
  if (typeof value !== 'object' || value === null)
    return fail(`doc is missing path: ${JSON.stringify(`/${parts.join('/')}`)}: missing value`);
  if (at === parts.length - 1) return change(value, key);
  const child = updateAt(getChild(value, key), parts, at + 1, change);
  if (!Array.isArray(value)) return { ...value, [key]: child };
  const copy = [...value];
  copy[indexOf(key, value.length)] = child;
  return copy;
}

function add(document: unknown, pointer: string, value: unknown): unknown {
  return updateAt(document, partsOf(pointer), 0, (container, key) => {
    if (!Array.isArray(container)) return { ...(container as object), [key]: value };
    const at = key === '-' ? container.length : indexOf(key, container.length + 1);
    return [...container.slice(0, at), value, ...container.slice(at)];
  });
}

function remove(document: unknown, pointer: string): unknown {
  return updateAt(document, partsOf(pointer), 0, (container, key) => {
    if (Array.isArray(container)) return container.toSpliced(indexOf(key, container.length), 1);
    const copy: WritableJsonMap = { ...(container as object) };
    if (!(key in copy)) fail(`Unable to remove nonexistent key: ${key}: missing value`);
    delete copy[key];
    return copy;
  });
}

function replace(document: unknown, pointer: string, value: unknown): unknown {
  if (pointer === '') return value;
  return updateAt(document, partsOf(pointer), 0, (container, key) => {
    if (!Array.isArray(container)) return { ...(container as object), [key]: value };
    return container.with(indexOf(key, container.length), value);
  });
}

function test(document: unknown, pointer: string, value: unknown): unknown {
  if (jsonEqual(getAt(document, pointer) ?? null, value ?? null)) return document;
  return fail(`testing value ${pointer} failed: test failed`);
}

function present(document: unknown, pointer: string): unknown {
  const value = getAt(document, pointer);
  return value === undefined ? fail(`doc is missing key: ${pointer}: missing value`) : value;
}

function applyOperation(document: unknown, { op, path = '', from = '', value }: JsonPatchOperation): unknown {
  switch (op) {
    case 'add':
      return add(document, path, value);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return replace(document, path, value);
    case 'move':
      return add(remove(document, from), path, present(document, from));
    case 'copy':
      return add(document, path, present(document, from));
    case 'test':
      return test(document, path, value);
    default:
      return fail(`Unexpected kind: ${op}`);
  }
}

/**
 * The patched document, sharing what no operation touched. Throws JsonPatchError.
 * @fidelity full
 */
export const applyJsonPatch = (document: unknown, operations: readonly JsonPatchOperation[]): unknown =>
  operations.reduce<unknown>(applyOperation, document);
