/** Requests under way as points on a canvas: bounded in number, gone when they have arrived, silent when there are none. */
import type { Hop, Point } from '../graph/anchors.ts';

/** What is drawn of one batch's flow. */
export interface Request extends Hop {
  readonly count: number;
  readonly failed: boolean;
  readonly sample: string;
}

interface Particle {
  readonly path: readonly Point[];
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  readonly radius: number;
}

/** A failure that stays to be read for a while. */
interface Mark {
  readonly at: Point;
  readonly text: string;
  /** When the first of them arrives. */
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

const LEG_MS = 620;
const STAGGER_MS = 70;
/** A flow of many is so many points at most: larger ones, not more. */
const MOST_OF_A_FLOW = 4;
const MOST_PARTICLES = 220;
const MARK_MS = 4000;
const MOST_MARKS = 24;

export interface Colours {
  readonly flow: string;
  readonly failed: string;
  readonly surface: string;
}

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

const ease = (t: number): number => (t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2);

/** A point of the way, bent a little so that both directions can be told apart. */
export function pointAt(path: readonly Point[], part: number): Point {
  const legs = path.length - 1;
  const leg = Math.min(legs - 1, Math.floor(part * legs));
  const [a, b] = [path[leg] as Point, path[leg + 1] as Point];
  const t = ease(part * legs - leg);
  const bend = Math.sin(Math.PI * t) * Math.min(40, Math.hypot(b.x - a.x, b.y - a.y) * 0.12);
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return {
    x: a.x + (b.x - a.x) * t + ((b.y - a.y) / length) * bend,
    y: a.y + (b.y - a.y) * t - ((b.x - a.x) / length) * bend,
  };
}

export class Swarm {
  private particles: Particle[] = [];
  private marks: Mark[] = [];

  get isEmpty(): boolean {
    return this.particles.length === 0 && this.marks.length === 0;
  }

  /** How many points are on their way. */
  get size(): number {
    return this.particles.length;
  }

  /** @param still no points, marks only: whoever wants no motion */
  add(request: Request, path: readonly Point[], now: number, still = false): void {
    const { count, failed, sample } = request;
    const arrival = still ? now : now + LEG_MS * (path.length - 1);
    if (failed)
      this.mark({
        at: path.at(-1) as Point,
        text: sample.replace(/^.*-> /, ''),
        start: arrival,
        end: arrival + MARK_MS,
        count,
      });
    if (still) return;
    const shown = Math.min(count, MOST_OF_A_FLOW, MOST_PARTICLES - this.particles.length);
    const radius = 3 + Math.min(4, Math.log2(Math.max(1, count / Math.max(1, shown))));
    for (let i = 0; i < shown; i++) {
      const start = now + i * STAGGER_MS;
      this.particles.push({ path, start, end: start + LEG_MS * (path.length - 1), failed, radius });
    }
  }

  private mark(mark: Mark): void {
    const same = this.marks.findIndex(({ at, text }) => at.x === mark.at.x && at.y === mark.at.y && text === mark.text);
    const before = same < 0 ? undefined : this.marks.splice(same, 1)[0];
    const start = before?.start ?? mark.start;
    const count = mark.count + (before?.count ?? 0);
    this.marks = [...this.marks.slice(-MOST_MARKS + 1), { ...mark, start, count }];
  }

  clear(): void {
    this.particles = [];
    this.marks = [];
  }

  draw(canvas: CanvasRenderingContext2D, { x, y, zoom }: Viewport, colours: Colours, now: number): void {
    this.particles = this.particles.filter(({ end }) => end > now);
    this.marks = this.marks.filter(({ end }) => end > now);
    for (const { path, start, end, failed, radius } of this.particles) {
      if (now < start) continue;
      const part = (now - start) / (end - start);
      for (const [lag, alpha] of TAIL) {
        if (part < lag) continue;
        const at = pointAt(path, part - lag);
        canvas.globalAlpha = alpha;
        canvas.fillStyle = failed ? colours.failed : colours.flow;
        canvas.beginPath();
        canvas.arc(at.x * zoom + x, at.y * zoom + y, Math.max(1.5, radius * (1 - lag * 4)), 0, Math.PI * 2);
        canvas.fill();
      }
    }
    canvas.globalAlpha = 1;
    for (const mark of this.marks) drawMark(canvas, mark, { x, y, zoom }, colours, now);
    canvas.globalAlpha = 1;
  }
}

const TAIL = [
  [0.08, 0.25],
  [0.04, 0.5],
  [0, 1],
] as const;

function drawMark(
  canvas: CanvasRenderingContext2D,
  { at, text, start, end, count }: Mark,
  { x, y, zoom }: Viewport,
  colours: Colours,
  now: number,
): void {
  if (now < start) return;
  canvas.globalAlpha = Math.min(1, (end - now) / 600);
  const label = `✕ ${count} ${text}`;
  canvas.font = '600 11px system-ui, sans-serif';
  canvas.textBaseline = 'middle';
  const width = canvas.measureText(label).width + 12;
  const [left, top] = [at.x * zoom + x - width / 2, at.y * zoom + y - 30];
  canvas.fillStyle = colours.failed;
  canvas.beginPath();
  canvas.roundRect(left, top, width, 18, 9);
  canvas.fill();
  canvas.fillStyle = colours.surface;
  canvas.fillText(label, left + 6, top + 9.5);
}
