/**
 * Lists: which revision is read, what the page holds and where the next one starts.
 * @upstream staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go GetList
 */
import { failure, type KubeObject, requiredFieldValue, StatusError, statusErrors } from '#engine/apimachinery';
import { type Etcd, EtcdError, type KeyValue } from '#engine/control-plane/etcd';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { ObjectStorage } from './object-storage.ts';
import {
  type FieldReader,
  isUnfiltered,
  type Selection,
  selectedName,
  selectedNamespace,
  selector,
} from './selection.ts';
import type { WatchCache } from './watch-cache.ts';

export interface ListQuery {
  readonly selection: Selection;
  readonly limit?: number;
  readonly continue?: string;
  /** '' and undefined: the newest; '0': whatever is at hand. */
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
}

export interface ListResult<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

const COMPACTED_TEXT = 'The resourceVersion for the provided list is too old.';
const CONTINUE_TEXT =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

export function listObjects<T extends KubeObject>(
  etcd: Etcd,
  storage: ObjectStorage<T>,
  cache: WatchCache<T>,
  read: FieldReader<T>,
  query: ListQuery,
): ListResult<T> {
  const version = parseResourceVersion(query.resourceVersion, true);
  const limit = query.resourceVersion === '0' && !query.continue ? 0 : (query.limit ?? 0);
  const token = query.continue ? decodeContinue(query.continue) : undefined;
  if (token && query.resourceVersion && query.resourceVersion !== '0') {
    throw statusErrors.badRequest('specifying resource version is not allowed when using continue');
  }
  const exact = query.resourceVersionMatch === 'Exact' || (limit > 0 && !query.resourceVersionMatch);
  if (!token && version > etcd.revision) throw tooLarge(version, etcd.revision);
  const revision = token ? Math.max(0, token.revision) : exact ? version : 0;
  const asOf = revision > 0 ? revision : etcd.revision;
  try {
    const kvs = candidates(etcd, storage, cache, query.selection, revision, token && storage.prefix + token.startKey);
    return page(storage, read, query.selection, kvs, limit, asOf);
  } catch (error) {
    if (error instanceof EtcdError && error.code === 'compacted')
      throw tooOld(query.continue !== undefined ? token?.startKey : undefined);
    if (error instanceof EtcdError && error.code === 'future-revision') throw tooLarge(revision, etcd.revision);
    throw error;
  }
}

/** The numeric version; 0 when absent. Throws what upstream answers to an odd one: 400 to a list, 500 to a get or watch. */
export function parseResourceVersion(text: string | undefined, isList = false): number {
  if (!text || text === '0') return 0;
  if (/^\d{1,20}$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  const fault = `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
  if (isList) throw statusErrors.badRequest(`invalid resource version: ${fault}`);
  throw failure(500, fault);
}

/** Asked for a revision that has not happened yet. @upstream staging/src/k8s.io/apiserver/pkg/storage/errors.go */
export function tooLarge(version: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${version}, current: ${current}`;
  const error = statusErrors.timeout(message, 1);
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new StatusError({ ...error.status, details: { ...error.status.details, causes } });
}

function tooOld(startKey: string | undefined): StatusError {
  if (startKey === undefined) return statusErrors.expired(COMPACTED_TEXT);
  const { status } = statusErrors.expired(CONTINUE_TEXT);
  const next = encodeContinue({ revision: -1, startKey });
  return new StatusError({ ...status, metadata: { continue: next } as typeof status.metadata });
}

function candidates<T extends KubeObject>(
  etcd: Etcd,
  storage: ObjectStorage<T>,
  cache: WatchCache<T>,
  selection: Selection,
  revision: number,
  startKey: string | undefined,
): readonly KeyValue<T>[] {
  const namespace = selectedNamespace(selection);
  const range = storage.keys(namespace);
  const at = revision > 0 ? { revision } : {};
  if (revision === 0 && startKey === undefined) {
    const name = selectedName(selection);
    const namespaced = cache.namespaced;
    if (name !== undefined && (namespace || !namespaced))
      return etcd.range({ key: storage.key(namespaced ? namespace : undefined, name) }).kvs as KeyValue<T>[];
    const keys = cache.indexedField && indexedKeys(cache, selection, cache.indexedField);
    if (keys) return keys.map((key) => storage.get(key)).filter((kv) => kv !== undefined);
  }
  const key = startKey !== undefined && startKey > range.key ? startKey : range.key;
  return etcd.range({ ...range, key, ...at }).kvs as readonly KeyValue<T>[];
}

function indexedKeys<T extends KubeObject>(
  cache: WatchCache<T>,
  selection: Selection,
  field: string,
): readonly string[] | undefined {
  const value = requiredFieldValue(selection.fields, field);
  return value ? cache.keysOf(field, value) : undefined;
}

function page<T extends KubeObject>(
  storage: ObjectStorage<T>,
  read: FieldReader<T>,
  selection: Selection,
  kvs: readonly KeyValue<T>[],
  limit: number,
  revision: number,
): ListResult<T> {
  const resourceVersion = String(revision);
  const unfiltered = isUnfiltered(selection);
  const selects = unfiltered ? undefined : selector(selection, read);
  const items: T[] = [];
  for (let i = 0; i < kvs.length; i++) {
    const { value } = kvs[i] as KeyValue<T>;
    if (selects && !selects(value)) continue;
    if (limit > 0 && items.length === limit) {
      const last = kvs[i - 1] as KeyValue<T>;
      const startKey = `${last.key.slice(storage.prefix.length)}\0`;
      const remainingItemCount = kvs.length - i;
      return {
        items,
        resourceVersion,
        continue: encodeContinue({ revision, startKey }),
        ...(unfiltered && { remainingItemCount }),
      };
    }
    items.push(value);
  }
  return { items, resourceVersion };
}
