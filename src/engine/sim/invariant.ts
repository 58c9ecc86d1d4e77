/** A bug of ours, not of the user's: the world stops and offers seed and journal as the report. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Asserts what must hold for the engine to be right. Never used for bad input. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) throw new InvariantError(why);
}
