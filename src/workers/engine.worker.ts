/** Where the engine lives in a browser. This file only wires: each part has a file of its own. */
import { expose } from 'comlink';
import { replay } from '#engine/cluster';
import { loadAsset, prefetchAssets } from './assets.ts';
import { serveDesk } from './desk.ts';
import { servePort } from './port.ts';
import type { EngineApi, HostState, Recipe } from './protocol.ts';
import { rehearse } from './rehearsal.ts';
import { replayProgress } from './replay-progress.ts';
import { Running } from './running.ts';
import { createSettle } from './settle.ts';
import { type Nudged, runCommand, serveTerminal } from './terminals.ts';

const FIRST: Recipe = { options: { nodes: 3 } };

let running: Running | undefined;
let terminals = 0;
let host: HostState = { runs: 'here', kept: 'memory' };
const watchers: MessagePort[] = [];

function tellHost(part: Pick<HostState, 'replaying'>): void {
  host = { runs: host.runs, kept: host.kept, ...part };
  for (const port of watchers) port.postMessage(host);
}

function current(): Running {
  if (!running) throw new Error('no cluster has been started');
  return running;
}

/** Loaded when somebody first asks why. */
const explanations = () => import('./traces/index.ts');

const nudged: Nudged = (act) => current().nudged(act);
const fail = (error: unknown) => current().cluster.loop.fail(error);

const api: EngineApi = {
  async start({ create }) {
    const recipe = create?.recipe ?? FIRST;
    const fatal = (error: unknown) => {
      throw error;
    };
    running = await Running.boot(recipe, fatal, replayProgress(recipe, tellHost));
    tellHost({});
    // The shells of a replayed journal have the first names.
    terminals = recipe.journal?.filter(({ input }) => input.type === 'terminal.open').length ?? 0;
    void prefetchAssets();
    const { replayed } = running;
    const name = create?.name ?? 'default';
    return { id: 'memory', name, how: 'fresh', ...(replayed !== undefined && { digest: replayed }) };
  },
  watchTraffic: (port) => current().traffic.watch(port),
  watchHost(port) {
    watchers.push(port);
    port.postMessage(host);
  },
  fetch: (request) =>
    nudged((cluster) => cluster.submit({ type: 'fetch', ...request })) as ReturnType<EngineApi['fetch']>,
  async flush() {},
  connect: (port, view) => servePort(port, (request) => current().views.handle(view, request)),
  goTo: (view, at) => current().views.goTo(view, at),
  past: () => current().views.past(),
  marks: (since) => current().cluster.marks(since),
  factsAt: (at) => current().cluster.factsAt(at),
  digestAt: (at) => current().cluster.digestAt(at),
  rehearse,
  openTerminal: (size, port) => serveTerminal(nudged, `terminal-${++terminals}`, size, port, fail),
  openDesk: (port) => serveDesk(nudged, () => current().cluster, port),
  run: (line) => runCommand(nudged, line),
  async submit(fault) {
    await nudged((cluster) => cluster.submit({ type: 'fault', fault }));
  },
  watchFaults(port) {
    const { faults } = current().cluster;
    const tell = () => port.postMessage(faults.list());
    faults.watch(tell);
    tell();
  },
  why: (subject, at) => explanations().then(({ explain }) => explain(current().sources, subject, at)),
  scheduling: (subject, at) =>
    explanations().then(({ explainScheduling }) => explainScheduling(current().sources, subject, at)),
  watchLesson: (watch, port) => current().classroom.watch(watch, port),
  typed: () => current().classroom.typed(),
  clock: () => current().pacer.state,
  setSpeed(speed) {
    current().pacer.speed = speed;
  },
  pause: () => current().pacer.pause(),
  resume: () => current().pacer.resume(),
  step: () => current().pacer.step(),
  runUntil: (goal) => current().runUntil(goal),
  recording() {
    const { cluster, recipe } = current();
    return { options: recipe.options, journal: cluster.journal.entries(), until: cluster.loop.now() };
  },
  capture: () => current().captured(),
  replay: (recording) => replay(recording, { settle: createSettle(), load: loadAsset }),
};

expose(api);
