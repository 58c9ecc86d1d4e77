/** An object as YAML that people read and change, and back. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { apiVersionOf, type Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';

type Loose = { readonly [field: string]: unknown };

const OPTIONS = { version: '1.1', lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false } as const;

/** Items of a list do not say what they are; metadata comes before the rest. */
function whole(resource: Resource, object: KubeObject): KubeObject {
  const {
    apiVersion = apiVersionOf(resource),
    kind = resource.kind,
    metadata,
    ...rest
  } = object as Partial<KubeObject>;
  return { apiVersion, kind, metadata: metadata ?? { name: '' }, ...rest };
}

/** As `kubectl get -o yaml` prints it, managed fields only when asked for. */
export function toText(resource: Resource, object: KubeObject, managedFields: boolean): string {
  const { metadata, ...rest } = whole(resource, object);
  const { managedFields: fields, ...kept } = metadata;
  const shown = managedFields && fields ? { ...kept, managedFields: fields } : kept;
  const { apiVersion, kind, ...body } = rest;
  return stringify({ apiVersion, kind, metadata: shown, ...body }, OPTIONS);
}

/** Where `kubectl apply` keeps what it was given, values and all. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret whose values cannot be read over somebody's shoulder. */
export function concealed(object: KubeObject): KubeObject {
  const { data, metadata, ...rest } = object as KubeObject & { readonly data?: { readonly [key: string]: string } };
  const { annotations, ...kept } = metadata;
  const told = annotations && LAST_APPLIED in annotations ? { ...annotations, [LAST_APPLIED]: HIDDEN } : annotations;
  return {
    ...rest,
    ...(data && { data: Object.fromEntries(Object.keys(data).map((key) => [key, HIDDEN])) }),
    metadata: { ...kept, ...(told && { annotations: told }) },
  } as KubeObject;
}

const HIDDEN = '••••••••';

/** What may be changed of it: no status, no managed fields. */
export function editable(resource: Resource, object: KubeObject): KubeObject {
  const {
    status: _,
    metadata,
    apiVersion,
    kind,
    ...rest
  } = whole(resource, object) as KubeObject & {
    readonly status?: unknown;
  };
  const { managedFields: __, ...kept } = metadata;
  return { apiVersion, kind, metadata: kept, ...rest } as KubeObject;
}

export const editableText = (resource: Resource, object: KubeObject): string =>
  stringify(editable(resource, object), OPTIONS);

/** A complaint, with the line it is about where that is known; lines count from 1. */
export interface Complaint {
  readonly line?: number | undefined;
  readonly message: string;
}

/** The object that a text means, or what is wrong with the text. */
export function fromText(
  text: string,
): { readonly object: KubeObject } | { readonly complaints: readonly Complaint[] } {
  const document = parseDocument(text, { version: '1.1', prettyErrors: true });
  if (document.errors.length > 0)
    return {
      complaints: document.errors.map(({ message, linePos }) => ({
        line: linePos?.[0].line,
        message: message.split('\n', 1)[0] ?? message,
      })),
    };
  const object: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return { complaints: [{ line: 1, message: 'a mapping is expected' }] };
  return { object: object as KubeObject };
}

/** `spec.template.spec.containers[0].image` -> its parts; keys in quotes or brackets too. */
function partsOf(field: string): readonly string[] {
  return [...field.matchAll(/\[("?)([^\]"]*)\1\]|([^.[\]]+)/g)].map((match) => match[2] ?? match[3] ?? '');
}

/** The line of a field as the server names it; the nearest one above when the field itself is not there. */
export function lineOf(text: string, field: string): number | undefined {
  const counter = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter: counter });
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of partsOf(field)) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined;
      if (!item) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset === undefined ? undefined : counter.linePos(offset).line;
}

/** What was changed, as a merge patch (RFC 7386): lists are replaced as a whole. */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isFields(before) || !isFields(after)) return after;
  const patch: { [field: string]: unknown } = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    // A merge patch says null for "no longer there".
    if (!(field in after)) patch[field] = null;
    else if (JSON.stringify(before[field]) !== JSON.stringify(after[field]))
      patch[field] = mergePatch(before[field], after[field]);
  }
  return patch;
}

const isFields = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
