/** A line of a container's log. */
import type { Millis } from '#engine/sim';

export interface LogLine {
  readonly at: Millis;
  readonly stream: 'stdout' | 'stderr';
  /** With its newline, unless it was cut (CRI tag P) or is the last of a stream. */
  readonly data: Uint8Array;
}
