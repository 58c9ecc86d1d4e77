/** A strategic merge patch that contradicts itself or the type; the message is upstream's. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';
}
