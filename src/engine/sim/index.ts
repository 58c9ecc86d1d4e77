/**
 * Virtual time, ordered causes and named chance. Knows nothing of Kubernetes.
 * Everything that happens in Podarium is an entry in one queue, ordered by (virtual time, sequence).
 */
export { fromBase64, fromBase64Url, toBase64, toBase64Url } from './base64.ts';
export { type CivilTime, civilTime, daysFromCivil, formatMicroTime, formatTime, parseTime } from './civil-time.ts';
export { fnv1a32 } from './hash.ts';
export { InvariantError, invariant } from './invariant.ts';
export { Journal, type JournalEntry } from './journal.ts';
export { applyChanges, ChangeLog, type Changes, keysRemoved, type Ledger, Saved } from './ledger.ts';
export { type Host, Loop } from './loop.ts';
export { createRng, randomSuffix, randomUuid } from './rng.ts';
export { Sha256, sha256, sha256Hex } from './sha256.ts';
export { TraceHash } from './trace-hash.ts';
export { untilAborted } from './until-aborted.ts';
export type { Clock, Millis, Rng, Timer, TraceEvent, Tracer, World } from './world.ts';
