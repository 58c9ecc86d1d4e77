/** What a refusal says about which field. */
import type { Status } from '#engine/apimachinery';

export interface Cause {
  /** As the server prints it; '' is the object as a whole. */
  readonly field: string;
  readonly message: string;
}

/** One cause per field that the server names, in its structured causes or in its words; at least one. */
export function causesOf(status: Pick<Status, 'message' | 'details'>): readonly Cause[] {
  const message = status.message ?? 'the server refused without a word';
  const causes = (status.details?.causes ?? []).filter((cause) => cause.field);
  if (causes.length > 0) return causes.map(({ field = '', message: why = message }) => ({ field, message: why }));
  const named = [...strictCauses(message), ...applyCauses(message), ...decodeCauses(message)];
  return named.length > 0 ? named : [{ field: '', message }];
}

/** `strict decoding error: unknown field "spec.foo", duplicate field "spec.bar"` */
function strictCauses(message: string): Cause[] {
  return [...message.matchAll(/(unknown|duplicate) field "((?:[^"\\]|\\.)*)"/g)].map(([words, , field = '']) => ({
    field,
    message: words,
  }));
}

/** `failed to create typed patch object (…): .spec.foo: field not declared in schema` */
function applyCauses(message: string): Cause[] {
  const tail = /failed to create typed patch object \([^)]*\): ([\s\S]*)/.exec(message)?.[1];
  if (tail === undefined) return [];
  return tail
    .replace(/^errors:\s*/, '')
    .split('\n')
    .map((line) => /^\s*(\.(?:[^:[]|\[[^\]]*\])*): (.+)$/.exec(line))
    .flatMap((match) => (match ? [{ field: match[1] ?? '', message: match[2] ?? '' }] : []));
}

/** `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32` */
function decodeCauses(message: string): Cause[] {
  const match = /cannot unmarshal .* into Go (?:struct field \w+\.([\w.]+)|value) of type \S+/.exec(message);
  return match?.[1] ? [{ field: match[1], message: match[0] }] : [];
}

/** A warning that names a field: `unknown field "spec.foo"`, `spec.template.spec.containers[0]: …`. */
export function fieldOfWarning(warning: string): string {
  return (
    /(?:unknown|duplicate) field "([^"]+)"/.exec(warning)?.[1] ??
    /^((?:spec|metadata|data)[\w.[\]"=-]*): /.exec(warning)?.[1] ??
    ''
  );
}
