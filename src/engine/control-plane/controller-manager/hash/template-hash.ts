/** The hashes in the names of ReplicaSets and ControllerRevisions. @upstream pkg/controller/controller_utils.go, pkg/controller/history/controller_history.go */
import type { PodTemplateSpec } from '#engine/api';
import { fnv1a32 } from '#engine/sim';
import { dumpPodTemplate } from './go-dump.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The decimal digits of a hash in letters that spell no words. */
function safeEncode(hash: number): string {
  let text = '';
  for (const digit of String(hash)) text += ALPHABET[digit.charCodeAt(0) % ALPHABET.length];
  return text;
}

/** Templates are frozen values that live long: each is dumped once. */
const dumpHashes = new WeakMap<object, number>();

/**
 * pod-template-hash, and the hash of a DaemonSet's revision: FNV-1a over Go's dump of the template, then the collision count if there is one.
 * @fidelity full
 */
export function computeTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  let hash = dumpHashes.get(template);
  if (hash === undefined) {
    hash = fnv1a32(dumpPodTemplate(template));
    dumpHashes.set(template, hash);
  }
  if (collisionCount === undefined) return safeEncode(hash);
  const bytes = new Uint8Array(8);
  for (let i = 0; i < 4; i++) bytes[i] = (collisionCount >> (8 * i)) & 255;
  return safeEncode(fnv1a32(bytes, hash));
}

/**
 * The hash of a StatefulSet's ControllerRevision: FNV-1 over its data as Go encodes JSON (sorted keys, HTML-safe), then the collision count.
 * @fidelity full
 */
export function computeRevisionHash(data: unknown, collisionCount?: number): string {
  const bytes = new TextEncoder().encode(goJson(data) + (collisionCount ?? ''));
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash, 0x01000193) ^ (bytes[i] as number);
  return safeEncode(hash >>> 0);
}

/** JSON as Go's encoder writes a map: keys sorted, `<`, `>`, `&` and the line separators escaped. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${escapeHtml(JSON.stringify(key))}:${goJson(item)}`).join(',')}}`;
  }
  return escapeHtml(JSON.stringify(value));
}

const escapeHtml = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
