/** Rooms and Pods on a canvas: for so many that elements would be too many. */
import type { PodFacts } from './graph/facts.ts';
import type { Health } from './graph/pod-state.ts';
import { type Box, CARD, type PlacedPod, type Room } from './graph/room.ts';
import { refKey } from './graph/sources.ts';

export interface Palette {
  readonly health: { readonly [health in Health]: string };
  readonly ground: string;
  readonly surface: string;
  readonly edge: string;
  readonly ink: string;
  readonly focus: string;
}

export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
}

export interface Painting {
  readonly rooms: readonly Room[];
  /** Frames and titles too, where no elements stand for them. */
  readonly frames: boolean;
  readonly chosen: string;
  readonly matches: ((pod: PodFacts) => boolean) | undefined;
}

const NAMES = {
  ground: '--ground',
  surface: '--surface',
  edge: '--edge-strong',
  ink: '--ink',
  focus: '--focus',
} as const;

/** Colours as the theme has them now, resolved through an element: a canvas does not know variables. */
function readPalette(probe: HTMLElement): Palette {
  const resolve = (variable: string): string => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const health = { good: '--good', busy: '--busy', warn: '--warn', bad: '--bad', idle: '--idle' };
  return {
    health: mapValues(health, resolve),
    ground: resolve(NAMES.ground),
    surface: resolve(NAMES.surface),
    edge: resolve(NAMES.edge),
    ink: resolve(NAMES.ink),
    focus: resolve(NAMES.focus),
  };
}

function mapValues<Key extends string>(record: { readonly [key in Key]: string }, change: (value: string) => string) {
  return Object.fromEntries(Object.entries<string>(record).map(([key, value]) => [key, change(value)])) as {
    readonly [key in Key]: string;
  };
}

let palette: Palette | undefined;
const repaints = new Set<() => void>();

function watchTheme(): void {
  const changed = () => {
    palette = undefined;
    for (const repaint of repaints) repaint();
  };
  const attributeFilter = ['data-theme', 'data-scheme', 'class', 'style'];
  new MutationObserver(changed).observe(document.documentElement, { attributes: true, attributeFilter });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

let watching = false;

/** The colours of the theme: read when it has changed, for reading them makes the browser work out every style of the page. */
export function paletteOf(probe: HTMLElement): Palette {
  if (!watching) watchTheme();
  watching = true;
  palette ??= readPalette(probe);
  return palette;
}

/** Calls when the page's theme changes. */
export function onTheme(repaint: () => void): () => void {
  repaints.add(repaint);
  return () => repaints.delete(repaint);
}

const HEALTHS: readonly Health[] = ['idle', 'good', 'busy', 'warn', 'bad'];

/** Shapes say the same as colours: disc, half disc, triangle, cross, ring. */
function shape(path: Path2D, health: Health, x: number, y: number, r: number): void {
  path.moveTo(x + r, y);
  if (health === 'busy') {
    path.arc(x, y, r, -Math.PI / 2, Math.PI / 2);
  } else if (health === 'warn') {
    path.moveTo(x, y - r);
    path.lineTo(x + r, y + r);
    path.lineTo(x - r, y + r);
    path.closePath();
  } else if (health === 'bad') {
    for (const [dx, dy] of [
      [1, 1],
      [1, -1],
    ] as const) {
      const w = r * 0.35;
      path.moveTo(x - dx * r - w * dy, y - dy * r + w * dx);
      path.lineTo(x + dx * r - w * dy, y + dy * r + w * dx);
      path.lineTo(x + dx * r + w * dy, y + dy * r - w * dx);
      path.lineTo(x - dx * r + w * dy, y - dy * r - w * dx);
      path.closePath();
    }
  } else if (health === 'idle') {
    path.rect(x - r, y - r * 0.25, r * 2, r * 0.5);
  } else path.arc(x, y, r, 0, Math.PI * 2);
}

/** Many plain rectangles are cheaper one by one than as one path of many corners. */
interface Chips {
  readonly corners: number[];
  readonly shapes: Path2D;
}

function paintPods(
  canvas: CanvasRenderingContext2D,
  { rooms, matches, chosen }: Painting,
  palette: Palette,
  view: View,
) {
  const { zoom } = view;
  const [width, height] = [CARD.width * zoom, CARD.height * zoom];
  const chips = new Map(HEALTHS.map((health): [Health, Chips] => [health, { corners: [], shapes: new Path2D() }]));
  const dimmed: number[] = [];
  const small = height < 7;
  const marked: PlacedPod[] = [];
  for (const { pods, box } of rooms) {
    if (!isInView(box, view)) continue;
    for (const placed of pods) {
      const { pod } = placed;
      const [x, y] = [placed.x * zoom + view.x, placed.y * zoom + view.y];
      if (x + width < 0 || y + height < 0 || x > view.width || y > view.height) continue;
      if (pod.key === chosen) marked.push(placed);
      const chip = matches && !matches(pod) ? undefined : chips.get(pod.health);
      (chip?.corners ?? dimmed).push(x, y);
      if (!small && chip) shape(chip.shapes, pod.health, x + width / 2, y + height / 2, Math.min(height * 0.28, 8));
    }
  }
  const fill = (corners: readonly number[]) => {
    for (let i = 0; i < corners.length; i += 2)
      canvas.fillRect(corners[i] as number, corners[i + 1] as number, width, height);
  };
  canvas.globalAlpha = 0.12;
  canvas.fillStyle = palette.ink;
  fill(dimmed);
  for (const [health, { corners, shapes }] of chips) {
    canvas.fillStyle = palette.health[health];
    canvas.globalAlpha = small ? (health === 'good' ? 0.75 : 1) : 0.22;
    fill(corners);
    canvas.globalAlpha = 1;
    if (!small) canvas.fill(shapes);
  }
  canvas.strokeStyle = palette.focus;
  canvas.lineWidth = 2;
  for (const { x, y } of marked) canvas.strokeRect(x * zoom + view.x - 2, y * zoom + view.y - 2, width + 4, height + 4);
}

const isInView = (box: Box, { x, y, zoom, width, height }: View): boolean =>
  box.x * zoom + x < width &&
  box.y * zoom + y < height &&
  (box.x + box.width) * zoom + x > 0 &&
  (box.y + box.height) * zoom + y > 0;

/** The strip of a room that holds its title, and the least of it that a title can be read in, in pixels. */
const TITLE_STRIP = 40;
const LEAST_STRIP = 10;

function paintTitle(canvas: CanvasRenderingContext2D, title: string, box: Box, palette: Palette, { x, y, zoom }: View) {
  const strip = TITLE_STRIP * zoom;
  if (strip < LEAST_STRIP) return;
  canvas.save();
  canvas.beginPath();
  canvas.rect(box.x * zoom + x, box.y * zoom + y, box.width * zoom - 4, strip);
  canvas.clip();
  canvas.fillStyle = palette.ink;
  canvas.font = `600 ${Math.min(12, strip * 0.62)}px system-ui, sans-serif`;
  canvas.textBaseline = 'middle';
  canvas.fillText(title, (box.x + 12) * zoom + x, box.y * zoom + y + strip / 2);
  canvas.restore();
}

function paintFrames(canvas: CanvasRenderingContext2D, { rooms, chosen }: Painting, palette: Palette, view: View) {
  const { zoom } = view;
  for (const { box, health, group } of rooms) {
    const [x, y] = [box.x * zoom + view.x, box.y * zoom + view.y];
    const [width, height] = [box.width * zoom, box.height * zoom];
    if (!isInView(box, view)) continue;
    canvas.fillStyle = palette.surface;
    canvas.fillRect(x, y, width, height);
    const marked = group.ref !== undefined && refKey(group.ref) === chosen;
    const odd = health === 'bad' || health === 'warn';
    canvas.strokeStyle = marked ? palette.focus : odd ? palette.health[health] : palette.edge;
    canvas.lineWidth = marked ? 3 : odd ? 1.5 : 0.5;
    canvas.strokeRect(x, y, width, height);
    paintTitle(canvas, group.title, box, palette, view);
  }
}

export function paint(canvas: CanvasRenderingContext2D, painting: Painting, palette: Palette, view: View): void {
  const scale = globalThis.devicePixelRatio || 1;
  const { width, height } = canvas.canvas;
  const [wanted, tall] = [Math.round(view.width * scale), Math.round(view.height * scale)];
  if (width !== wanted || height !== tall) Object.assign(canvas.canvas, { width: wanted, height: tall });
  canvas.setTransform(scale, 0, 0, scale, 0, 0);
  canvas.clearRect(0, 0, view.width, view.height);
  if (painting.frames) paintFrames(canvas, painting, palette, view);
  paintPods(canvas, painting, palette, view);
}

/** The whole drawing in a small one: a room is as coloured as its worst Pod. */
export function paintOverview(
  canvas: CanvasRenderingContext2D,
  rooms: readonly Room[],
  palette: Palette,
  at: { readonly scale: number; readonly x: number; readonly y: number },
  sight: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  canvas.clearRect(0, 0, canvas.canvas.width, canvas.canvas.height);
  const place = (box: typeof sight) =>
    [(box.x - at.x) * at.scale, (box.y - at.y) * at.scale, box.width * at.scale, box.height * at.scale] as const;
  for (const { box, health, pods } of rooms) {
    canvas.fillStyle = palette.health[health];
    canvas.globalAlpha = pods.length === 0 ? 0.2 : 0.65;
    const [x, y, width, height] = place(box);
    canvas.fillRect(x, y, Math.max(1, width), Math.max(1, height));
  }
  canvas.globalAlpha = 1;
  canvas.strokeStyle = palette.focus;
  canvas.lineWidth = 3;
  canvas.strokeRect(...place(sight));
}
