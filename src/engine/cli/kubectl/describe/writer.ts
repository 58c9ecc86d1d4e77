/** Lines of a description: indented by level, aligned at tabs. */
import { civilTime, type Millis, parseTime } from '#engine/sim';
import { humanDuration } from '../text/duration.ts';
import { DESCRIBE, TabWriter } from '../text/tabwriter.ts';

export class DescriptionWriter {
  private raw = '';
  private out = '';

  constructor(readonly now: Millis) {}

  /** Indents by two spaces a level. */
  write(level: number, text: string): void {
    this.raw += '  '.repeat(level) + text;
  }

  line(text: string): void {
    this.raw += `${text}\n`;
  }

  /** What follows is aligned on its own. */
  flush(): void {
    const tabs = new TabWriter(DESCRIBE, (chunk) => {
      this.out += chunk;
    });
    tabs.print(this.raw);
    tabs.flush();
    this.raw = '';
  }

  aligned(): string {
    this.flush();
    return this.out;
  }

  /** With its tabs as they are. */
  unaligned(): string {
    return this.out + this.raw;
  }

  /** `5s`, `<unknown>` */
  since(time: string | undefined): string {
    const at = time === undefined ? undefined : parseTime(time);
    return at === undefined ? '<unknown>' : humanDuration(this.now - at);
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** time.RFC1123Z in UTC: `Sun, 22 Nov 2026 09:57:10 +0000`. */
export function rfc1123(time: string | undefined): string {
  const at = time === undefined ? undefined : parseTime(time);
  if (at === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const t = civilTime(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${DAYS[t.weekday]}, ${two(t.day)} ${MONTHS[t.month - 1]} ${t.year} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`;
}
