/** Bugs of ours, apart from refusals: what a Go process would die of. */
import { InvariantError, type World } from '#engine/sim';

/** True for errors that only a bug can raise; a refused or lost request never is one. */
export const isPanic = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof InvariantError;

/** Stops the world at the end of the instant, as a failing timer does. */
export function panic(world: World, error: unknown): void {
  world.clock.after(0, 'panic', () => {
    throw error;
  });
}
