/** The `world:` of a lesson: what is there when it starts. */
import { parseQuantity, QuantityError, quantityMilliValue } from '#engine/apimachinery';
import type { CurvePoint, LessonFault, LessonImage, LessonTraffic, LessonWorld, ScriptedAnswer } from './lesson.ts';
import type { Field } from './yaml-reader.ts';

const MAX_NODES = 20;

/** Fields of each fault, besides `at` and `do`. */
const FAULTS: { readonly [kind: string]: readonly string[] } = {
  'node.crash': ['node'],
  'node.recover': ['node'],
  'node.add': ['node'],
  'node.remove': ['node'],
  'container.kill': ['namespace', 'pod', 'container'],
  'link.cut': ['between'],
  'link.slow': ['between', 'extraMs'],
  'link.lose': ['between', 'probability'],
  'link.heal': ['between'],
  'image.unavailable': ['image'],
  'image.available': ['image'],
};

const optional = <T>(field: Field, read: (field: Field) => T, otherwise: T): T =>
  field.present ? read(field) : otherwise;

/** Reads `world:`; without one, the course's number of Nodes and nothing else. */
export function readWorld(field: Field, defaults: { readonly nodes: number }): LessonWorld {
  const empty: LessonWorld = {
    nodes: defaults.nodes,
    apply: [],
    images: {},
    traffic: [],
    faults: [],
    settled: false,
  };
  if (!field.present) return empty;
  const world = field.record(['nodes', 'apply', 'images', 'traffic', 'faults', 'runUntil']);
  return {
    nodes: optional(world.nodes, (nodes) => nodes.integer(1, MAX_NODES), defaults.nodes),
    apply: optional(world.apply, (list) => list.list().map(filePath), []),
    images: Object.fromEntries(
      optional(world.images, (images) => images.map(20), []).map(([name, image]) => [name, readImage(image)]),
    ),
    traffic: optional(world.traffic, (list) => list.list(10).map(readTraffic), []),
    faults: optional(world.faults, (list) => list.list().map(readFault), []),
    settled: optional(world.runUntil, (until) => until.oneOf(['settled']) === 'settled', false),
  };
}

/** `files/…` or `solution/…`, nothing above. */
function filePath(field: Field): string {
  const path = field.text('a path such as files/web.yaml');
  if (path !== '' && !/^(files|solution)\/[\w./-]+$/.test(path))
    field.complain('expected a path below files/ or solution/');
  if (path.includes('..')) field.complain('a path may not contain ..');
  return path;
}

function readTraffic(field: Field): LessonTraffic {
  const { from, to, rps, namespace } = field.record(['from', 'to', 'rps', 'namespace']);
  const target = to.text('svc/name, svc/name:port or svc/name:port/path');
  if (target !== '' && !/^svc\/[a-z0-9-]+(:\d+)?(\/\S*)?$/.test(target))
    to.complain('expected svc/name, svc/name:port or svc/name:port/path');
  return {
    from: from.text(),
    to: target,
    namespace: optional(namespace, (name) => name.text(), 'default'),
    rps: rps.number(0.1, 50),
  };
}

function readFault(field: Field): LessonFault {
  const kind = field.record(['at', 'do', ...ALL_FIELDS]);
  const name = kind.do.oneOf(Object.keys(FAULTS));
  const fault: { do: string; [key: string]: string | number | readonly string[] } = { do: name };
  for (const key of ALL_FIELDS) {
    const value = kind[key];
    if (!value?.present) continue;
    if (!FAULTS[name]?.includes(key)) value.complain(`${name} has no such field`);
    else if (key === 'between') fault[key] = value.list(2).map((party) => party.text());
    else if (key === 'extraMs') fault[key] = value.integer(0, 60_000);
    else if (key === 'probability') fault[key] = value.number(0, 1);
    else fault[key] = value.text();
  }
  for (const key of FAULTS[name] ?? [])
    if (!(key in fault) && key !== 'container') field.complain(`${name} needs ${key}`);
  return { atMs: kind.at.duration(), fault };
}

const ALL_FIELDS = ['node', 'namespace', 'pod', 'container', 'between', 'extraMs', 'probability', 'image'] as const;

function readImage(field: Field): LessonImage {
  const image = field.record(['start', 'serves', 'memory', 'cpu', 'exit', 'log']);
  const exit = image.exit.present ? image.exit.record(['after', 'code']) : undefined;
  return {
    startMs: optional(image.start, (start) => start.duration(), 0),
    serves: Object.fromEntries(
      optional(image.serves, (serves) => serves.map(20), []).map(([port, paths]) => {
        if (!/^\d{1,5}$/.test(port)) paths.complain('expected a port');
        return [port, Object.fromEntries(paths.map(50).map(([path, answer]) => [path, readAnswer(answer)]))];
      }),
    ),
    memory: optional(image.memory, (curve) => readCurve(curve, 1), []),
    cpu: optional(image.cpu, (curve) => readCurve(curve, 1000), []),
    ...(exit && { exit: { afterMs: exit.after.duration(), code: exit.code.integer(0, 255) } }),
    log: optional(image.log, (log) => log.list(100).map((line) => line.text()), []),
  };
}

function readAnswer(field: Field): ScriptedAnswer {
  if (field.isText) return { status: 200, text: field.text(), afterMs: 0, latencyMs: 0 };
  const answer = field.record(['status', 'text', 'after', 'latency']);
  return {
    status: optional(answer.status, (status) => status.integer(100, 599), 200),
    text: optional(answer.text, (text) => text.text(), ''),
    afterMs: optional(answer.after, (after) => after.duration(), 0),
    latencyMs: optional(answer.latency, (latency) => latency.duration(), 0),
  };
}

/** Points `{ at, value }` with Kubernetes quantities. `scale` 1000: in thousandths. */
function readCurve(field: Field, scale: number): readonly CurvePoint[] {
  const points = field.list(50).map((item) => {
    const { at, value } = item.record(['at', 'value']);
    return { atMs: at.duration(), value: quantity(value) * scale };
  });
  if (points.some((point, i) => i > 0 && point.atMs <= (points[i - 1]?.atMs ?? 0)))
    field.complain('expected instants that grow');
  return points;
}

function quantity(field: Field): number {
  const text = field.word();
  try {
    return text === '' ? 0 : Number(quantityMilliValue(parseQuantity(text))) / 1000;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    field.complain('expected a quantity such as 64Mi or 250m');
    return 0;
  }
}
