/** The dotted paths of scale and selectable fields. @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go */
import { goDynamicType, isJsonMap } from '#engine/apimachinery';

/** A value that is not where or what its path says; the message is upstream's. */
export class AccessorError extends Error {
  override readonly name = 'AccessorError';
}

/** `spec`, `replicas` of `.spec.replicas`. */
const stepsOf = (path: string): readonly string[] => path.replace(/^\./, '').split('.');

const printed = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** The value at a path; undefined when there is none. Throws AccessorError for a step into what is no object. */
export function nestedValue(object: unknown, path: string): unknown {
  const steps = stepsOf(path);
  let value = object;
  for (const [i, step] of steps.entries()) {
    if (value === undefined || value === null) return undefined;
    if (!isJsonMap(value)) {
      const at = `.${steps.slice(0, i + 1).join('.')}`;
      const type = goDynamicType(value);
      throw new AccessorError(
        `${at} accessor error: ${printed(value)} is of the type ${type}, expected map[string]interface{}`,
      );
    }
    value = value[step];
  }
  return value;
}

/** The whole number at a path. Throws AccessorError. */
export function nestedInteger(object: unknown, path: string): number | undefined {
  const value = nestedValue(object, path);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  const type = value === null ? '<nil>' : goDynamicType(value);
  throw new AccessorError(
    `.${stepsOf(path).join('.')} accessor error: ${value === null ? '<nil>' : printed(value)} is of the type ${type}, expected int64`,
  );
}

/** The text at a path. Throws AccessorError. */
export function nestedString(object: unknown, path: string): string | undefined {
  const value = nestedValue(object, path);
  if (value === undefined || typeof value === 'string') return value;
  const type = value === null ? '<nil>' : goDynamicType(value);
  throw new AccessorError(
    `.${stepsOf(path).join('.')} accessor error: ${value === null ? '<nil>' : printed(value)} is of the type ${type}, expected string`,
  );
}

/** The object with another value at a path; objects on the way are made where there are none. */
export function withNested<T extends object>(object: T, path: string, value: unknown): T {
  return put(object, stepsOf(path), value) as T;
}

function put(object: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  const known = isJsonMap(object) ? object : {};
  return { ...known, [step]: put(known[step], rest, value) };
}
