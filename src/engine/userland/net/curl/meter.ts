/** curl's progress meter: two header lines, then one line that is drawn again. */
import { type Process, print } from '#engine/os';
import type { Millis } from '#engine/sim';

const HEADER =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n';
const NO_TIME = '--:--:--';

export class Meter {
  private readonly startedAt: Millis;
  private total = 0;
  private begun = false;

  constructor(
    private readonly process: Process,
    private readonly shown: boolean,
  ) {
    this.startedAt = process.clock.now();
  }

  /** How many bytes will come, when that is known. */
  expect(bytes: number | undefined): void {
    this.total = bytes ?? 0;
  }

  async begin(): Promise<void> {
    if (!this.shown) return;
    this.begun = true;
    await print(this.process.stderr, `${HEADER}\r${line(0, 0, 0, 0, 0)}`);
  }

  /** Something else is written below. */
  async interrupt(): Promise<void> {
    if (!this.begun) return;
    this.begun = false;
    await print(this.process.stderr, '\r');
  }

  async end(downloaded: number, uploaded: number): Promise<void> {
    if (!this.shown) return;
    await print(
      this.process.stderr,
      `\r${line(this.total || downloaded, downloaded, uploaded, this.process.clock.now() - this.startedAt, 1)}\n`,
    );
  }
}

function line(total: number, downloaded: number, uploaded: number, elapsedMs: Millis, passed: 0 | 1): string {
  const perSecond = (bytes: number) =>
    passed === 0 || bytes === 0 ? 0 : Math.floor((bytes * 1000) / Math.max(elapsedMs, 0.001));
  const percent = (part: number, whole: number) =>
    String(whole === 0 ? 0 : Math.floor((part * 100) / whole)).padStart(3);
  const all = total + uploaded;
  const spent = elapsedMs < 1000 ? NO_TIME : clock(elapsedMs);
  return (
    `${percent(downloaded + uploaded, all)} ${short(all)}  ${percent(downloaded, total)} ${short(downloaded)}  ${percent(uploaded, uploaded)} ${short(uploaded)}  ` +
    `${short(perSecond(downloaded))}  ${short(perSecond(uploaded))} ${spent} ${spent} ${NO_TIME} ${short(perSecond(downloaded))}`
  );
}

function clock(ms: Millis): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(Math.floor(seconds / 3600)).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A number in five columns: 99999, 9999k, 99.9M … */
function short(bytes: number): string {
  const text =
    bytes < 100_000
      ? String(bytes)
      : bytes < 10_000 * 1024
        ? `${Math.floor(bytes / 1024)}k`
        : bytes < 100 * 1024 ** 2
          ? `${(bytes / 1024 ** 2).toFixed(1)}M`
          : `${Math.floor(bytes / 1024 ** 2)}M`;
  return text.padStart(5);
}
