import type { JsonMap } from './json-value.ts';

/** A strategic merge patch that contradicts itself or the type; the message is upstream's. */
export class StrategicMergeError extends Error {
  override readonly name: string = 'StrategicMergeError';
  /** The form of the patch is wrong: what the server answers with 400. */
  constructor(
    message: string,
    readonly malformed: boolean = false,
  ) {
    super(message);
  }
}

/** What a patch would change was changed by somebody else since it was applied last; both sides, for the caller to print. */
export class StrategicConflictError extends StrategicMergeError {
  override readonly name = 'StrategicConflictError';
  constructor(
    readonly patch: JsonMap,
    /** What others made of the original. */
    readonly changes: JsonMap,
  ) {
    super('conflicts with changes made from original to current');
  }
}
