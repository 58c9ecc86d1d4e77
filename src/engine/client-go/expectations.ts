/**
 * What a controller did and has not seen in its cache yet. Until it has, the cache is stale and must not be acted on.
 * @upstream pkg/controller/controller_utils.go
 */
import type { Clock, Millis } from '#engine/sim';

interface Expected {
  adds: number;
  deletes: number;
  readonly deletedUids: Set<string>;
  readonly since: Millis;
}

/** Expectations are given up after five minutes: a lost event must not block a controller for ever. */
const EXPECTATIONS_TIMEOUT_MS = 300_000;

/**
 * Expected creations are counted, expected deletions are known by uid (so that seeing one deletion twice counts once).
 * @fidelity full
 */
export class Expectations {
  private readonly byKey = new Map<string, Expected>();

  constructor(private readonly clock: Clock) {}

  /** True when everything expected was seen, when nothing was expected, or when waiting took too long. */
  satisfied(key: string): boolean {
    const expected = this.byKey.get(key);
    if (!expected) return true;
    if (expected.adds <= 0 && expected.deletes <= 0) return true;
    return this.clock.now() - expected.since > EXPECTATIONS_TIMEOUT_MS;
  }

  expect(key: string, adds: number, deletedUids: readonly string[] = []): void {
    this.byKey.set(key, {
      adds,
      deletes: deletedUids.length,
      deletedUids: new Set(deletedUids),
      since: this.clock.now(),
    });
  }

  expectCreations(key: string, adds: number): void {
    this.expect(key, adds);
  }

  expectDeletions(key: string, uids: readonly string[]): void {
    this.expect(key, 0, uids);
  }

  /** A creation was seen, or failed and will never be. */
  creationObserved(key: string, count = 1): void {
    const expected = this.byKey.get(key);
    if (expected) expected.adds -= count;
  }

  deletionObserved(key: string, uid: string): void {
    const expected = this.byKey.get(key);
    if (expected?.deletedUids.delete(uid)) expected.deletes--;
  }

  forget(key: string): void {
    this.byKey.delete(key);
  }
}
