/**
 * How Go prints the structs that upstream's validation works on: every field by its Go name, in the struct's order, absent ones
 * as null or zero. Needed where a fault shows a whole struct.
 * @upstream pkg/apis/core/types.go
 */
import { internalStructs } from './internal-structs.ts';
import { internalVolumeStructs } from './internal-volume-structs.ts';

type Value = { readonly [field: string]: unknown };

interface Field {
  readonly goName: string;
  readonly jsonName: string;
  /** `s` string, `i` integer, `b` boolean, `*` anything that may be null, `q` amount, `p` port (number or name), or a struct's name. */
  readonly type: string;
}

const cache = new Map<string, readonly Field[]>();

function fieldsOf(struct: string): readonly Field[] {
  let fields = cache.get(struct);
  if (!fields) {
    fields = (internalStructs[struct] ?? internalVolumeStructs[struct] ?? '').split(' ').map((text) => {
      const [goName = '', type = '*', jsonName = goName.charAt(0).toLowerCase() + goName.slice(1)] = text.split(':');
      return { goName, type, jsonName };
    });
    cache.set(struct, fields);
  }
  return fields;
}

const sorted = (map: Value): Value =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** A value of a type: `[]T` a list, `*T` a pointer, `T` a struct by value. */
function internalValue(type: string, value: unknown): unknown {
  if (type.startsWith('[]')) {
    return Array.isArray(value) ? value.map((item) => internalValue(type.slice(2), item)) : null;
  }
  if (type.startsWith('*'))
    return value === undefined || value === null ? null : internalValue(type.slice(1) || 'raw', value);
  switch (type) {
    case 's':
      return value ?? '';
    case 'i':
    case 'p':
      return value ?? 0;
    case 'b':
      return value ?? false;
    case 'q':
      return value ?? '0';
    case 'map':
      return value === undefined || value === null ? null : sorted(value as Value);
    case 'raw':
      return value;
    default:
      return internalForm(type, (value ?? {}) as Value);
  }
}

/** The object as Go prints the struct. */
export function internalForm(struct: string, object: object): Value {
  const out: { [field: string]: unknown } = {};
  for (const { goName, jsonName, type } of fieldsOf(struct))
    out[goName] = internalValue(type, (object as Value)[jsonName]);
  return out;
}

export const internalSecurityContext = (context: object): Value => internalForm('SecurityContext', context);
export const internalSeccompProfile = (profile: object): Value => internalForm('SeccompProfile', profile);

/** A PodSpec as Go prints it: what is about the host's namespaces belongs to the security context there. */
export function internalPodSpec(spec: object): Value {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, securityContext } = spec as Value;
  const moved = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return internalForm('PodSpec', {
    ...spec,
    securityContext: { ...(securityContext as object | undefined), ...moved },
  });
}
