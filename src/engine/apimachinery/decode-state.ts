/** What one decoding carries along: where it is, what it has found so far, and how it words a wrong type. */

import { HugeNumber } from './json-text.ts';

/** The value does not fit the type; the message is Go's. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** A step of the path: a field of a struct, or a key or an index, which type errors do not name. */
export type Step = string | number | { readonly key: string };

export interface DecodeState {
  readonly path: Step[];
  /** Go names of the structs around the value, innermost last. */
  readonly structs: string[];
  readonly strictErrors: Set<string>;
  readonly duplicates: ReadonlyMap<object, readonly string[]>;
  /** Go goes on after a wrong type and reports the first one at the end. */
  typeError: string | undefined;
}

/** `spec.containers[0].imagePulPolicy` */
export function fullPath(path: readonly Step[], last: string): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += `${text && '.'}${typeof step === 'object' ? step.key : step}`;
  }
  return `${text}${text && '.'}${last}`;
}

export function wrongType(state: DecodeState, value: string, goType: string): string {
  const fields = state.path.filter((step) => typeof step === 'string').join('.');
  const target =
    state.structs.length > 0 && fields !== '' ? `Go struct field ${state.structs.at(-1)}.${fields}` : 'Go value';
  return `json: cannot unmarshal ${value} into ${target} of type ${goType}`;
}

/** What Go's decoder calls a JSON value. */
export function jsonKind(value: unknown): string {
  if (value instanceof HugeNumber) return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
