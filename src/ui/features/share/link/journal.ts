/** The inputs of a link: what came in and when, and what the cluster was made from. */
import type { Recipe } from '../../../../workers/protocol.ts';
import { Fields, wrong } from './reader.ts';

type Journal = NonNullable<Recipe['journal']>;
type Options = Recipe['options'];

const MAX_NODES = 1000;
const MAX_DEPTH = 24;
/** Kubernetes' API server takes 3 MiB. */
const MAX_BODY = 3_200_000;
const MAX_LINE = 1_000_000;
const NAME = 253;

/** Times as distances: they compress better, and cannot run backwards. */
export function writeJournal(journal: Journal): readonly unknown[] {
  let last = 0;
  return journal.map(({ at, input }) => {
    const since = at - last;
    last = at;
    return [since, input];
  });
}

/** @param start when the cluster boots @param until the last instant an input may have */
export function readJournal(entries: readonly unknown[], start: number, until: number): Journal {
  let at = 0;
  return entries.map((entry, index) => {
    const where = `journal[${index}]`;
    if (!Array.isArray(entry) || entry.length !== 2) throw wrong(where, 'a time and an input');
    const [since, input] = entry as readonly unknown[];
    if (typeof since !== 'number' || !(since >= 0)) throw wrong(`${where} time`, 'a number from 0');
    at += since;
    if (!(at >= start && at <= until)) throw wrong(`${where} time`, `between ${start} and ${until}`);
    return { at, input: readInput(input, where) };
  });
}

/** Options without what a stranger has no business to say. */
export function readOptions(fields: Fields): Options {
  const seed = fields.optionalInteger('seed', 0, 0xffff_ffff);
  const start = fields.optionalText('start', 40);
  if (start !== undefined && !/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(start)) throw wrong('options.start', 'a time');
  if (start !== undefined && Number.isNaN(Date.parse(start))) throw wrong('options.start', 'a time');
  const nodes = fields.optionalInteger('nodes', 0, MAX_NODES);
  const shape = fields.optionalOneOf('shape', ['kubeadm', 'hollow']);
  const addons = fields.has('addons') ? fields.list('addons', 1) : undefined;
  if (addons?.some((name) => name !== 'metrics-server')) throw wrong('options.addons', 'metrics-server');
  const rest = Object.fromEntries(
    PLAIN_OPTIONS.filter((name) => fields.has(name)).map((name) => [name, fields.json(name, MAX_DEPTH)]),
  );
  fields.end();
  return {
    ...(seed !== undefined && { seed }),
    ...(start !== undefined && { start }),
    ...(nodes !== undefined && { nodes }),
    ...(shape && { shape }),
    ...(addons && { addons: ['metrics-server'] as const }),
    ...rest,
  };
}

/** Plain data that the engine itself reads strictly. */
const PLAIN_OPTIONS = ['scenario', 'etcdCompactionIntervalMs', 'historyRevisions'] as const;

type Input = Journal[number]['input'];
type Fault = Extract<Input, { type: 'fault' }>['fault'];
type Read = (fields: Fields) => object;

const terminal = (fields: Fields) => ({ terminal: fields.text('terminal', 100) });
const size = (fields: Fields) => ({
  columns: fields.integer('columns', 1, 10_000),
  rows: fields.integer('rows', 1, 10_000),
});
const request = (fields: Fields) => {
  const body = fields.optionalText('body', MAX_BODY);
  return {
    method: fields.text('method', 20),
    url: fields.text('url', 10_000),
    headers: fields.texts('headers', 100, 10_000),
    ...(body !== undefined && { body }),
  };
};

function readCertificate(fields: Fields): object {
  const organizations = fields.list('organizations', 100);
  if (!organizations.every((one) => typeof one === 'string' && one.length <= NAME))
    throw wrong('organizations', 'names');
  const sha256 = fields.optionalText('sha256', 64);
  const certificate = { commonName: fields.text('commonName', NAME), organizations, ...(sha256 && { sha256 }) };
  fields.end();
  return certificate;
}

const id = (fields: Fields) => ({ id: fields.integer('id', 0, 1e9) });
const optionalId = (fields: Fields) => (fields.has('id') ? id(fields) : {});
const recordedFrames = (fields: Fields) => ({ frames: fields.list('frames', 100_000).map(readFrame) });

/** Every type of input there is: the compiler sees to it. */
const INPUTS: { readonly [type in Input['type']]: Read } = {
  http: (fields) => {
    const streams = fields.optionalOneOf('streams', ['json', 'bytes', 'channel']);
    const binary = fields.flag('binary');
    const certificate = fields.optionalFields('certificate');
    return {
      ...optionalId(fields),
      ...request(fields),
      ...(binary && { binary }),
      ...(streams && { streams }),
      ...(certificate && { certificate: readCertificate(certificate) }),
    };
  },
  'http.frames': (fields) => ({ ...id(fields), ...recordedFrames(fields) }),
  'http.end': id,
  'http.cancel': id,
  fetch: (fields) => ({ ...request(fields), ...(fields.flag('insecure') && { insecure: true }) }),
  command: (fields) => ({
    line: fields.text('line', MAX_LINE),
    ...optionalId(fields),
    ...(fields.flag('stdin') && { stdin: true }),
  }),
  'command.input': (fields) => ({ ...id(fields), data: fields.text('data', MAX_BODY) }),
  'command.end': id,
  'command.interrupt': id,
  'terminal.open': (fields) => ({
    ...terminal(fields),
    ...size(fields),
    ...(fields.flag('editor') && { editor: true }),
  }),
  'terminal.input': (fields) => ({ ...terminal(fields), text: fields.text('text', MAX_LINE) }),
  'terminal.resize': (fields) => ({ ...terminal(fields), ...size(fields) }),
  'terminal.hangup': terminal,
  'power-cycle': () => ({}),
  'file.saved': (fields) => ({ path: fields.text('path', 4096), text: fields.text('text', MAX_LINE) }),
  'editor.saved': (fields) => {
    const text = fields.optionalText('text', MAX_LINE);
    return { edit: fields.text('edit', 100), ...(text !== undefined && { text }) };
  },
  fault: (fields) => ({ fault: readFault(fields.fields('fault')) }),
};

function readInput(value: unknown, where: string): Input {
  const fields = new Fields(value, where);
  const type = fields.text('type', 40);
  const read = Object.hasOwn(INPUTS, type) ? INPUTS[type as Input['type']] : undefined;
  if (!read) throw wrong(`${where}.type`, 'an input of this build');
  const rest = read(fields);
  fields.end();
  return { type, ...rest } as unknown as Input;
}

function readFrame(value: unknown): object {
  const fields = new Fields(value, 'frame');
  const frame = fields.has('json')
    ? { json: fields.json('json', MAX_DEPTH) }
    : {
        data: fields.text('data', MAX_BODY),
        ...(fields.has('channel') && { channel: fields.integer('channel', 0, 255) }),
      };
  fields.end();
  return frame;
}

const node = (fields: Fields) => ({ node: fields.text('node', NAME) });
const image = (fields: Fields) => ({ image: fields.text('image', 1000) });
const controller = (fields: Fields) => ({ controller: fields.text('controller', NAME) });
const between = (fields: Fields) => {
  const parties = fields.list('between', 2);
  const [a, b] = parties;
  if (typeof a !== 'string' || typeof b !== 'string' || a.length + b.length > 4 * NAME)
    throw wrong('between', 'two parties');
  return { between: [a, b] };
};
const FAULTS: { readonly [what in Fault['do']]: Read } = {
  'node.crash': node,
  'node.recover': node,
  'node.add': node,
  'node.remove': node,
  'container.kill': (fields) => {
    const container = fields.optionalText('container', NAME);
    return {
      namespace: fields.text('namespace', NAME),
      pod: fields.text('pod', NAME),
      ...(container !== undefined && { container }),
    };
  },
  'link.cut': between,
  'link.slow': (fields) => ({ ...between(fields), extraMs: fields.number('extraMs', 0, 3_600_000) }),
  'link.lose': (fields) => ({ ...between(fields), probability: fields.number('probability', 0, 1) }),
  'link.heal': between,
  'image.unavailable': image,
  'image.available': image,
  'controller.pause': controller,
  'controller.resume': controller,
  'clock.skew': (fields) => ({ ...node(fields), skewMs: fields.number('skewMs', -1e10, 1e10) }),
  'disk.fill': node,
  'disk.free': node,
};

function readFault(fields: Fields): object {
  const what = fields.text('do', 40);
  const read = Object.hasOwn(FAULTS, what) ? FAULTS[what as Fault['do']] : undefined;
  if (!read) throw wrong('fault.do', 'a fault of this build');
  const fault = { do: what, ...read(fields) };
  fields.end();
  return fault;
}
