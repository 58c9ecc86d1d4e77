/** Where the engine lives in a browser. This file only wires: each part has a file of its own. */
import { expose } from 'comlink';
import { replay } from '#engine/cluster';
import { loadAsset, prefetchComponents } from './assets.ts';
import { watchForBugs } from './bugs.ts';
import { serveDesk } from './desk.ts';
import { EngineHost } from './host.ts';
import type { EngineApi } from './protocol.ts';
import { rehearse } from './rehearsal.ts';
import type { Running } from './running.ts';
import { servePort } from './serve-port.ts';
import { createSettle } from './settle.ts';
import { type Nudged, runCommand, serveTerminal } from './terminals.ts';

const host = new EngineHost();
const current = (): Running => host.current();
let terminals = 0;

/** Loaded when somebody first asks why. */
const explanations = () => import('./traces/index.ts');

const nudged: Nudged = (act) => current().nudged(act);
const fail = (error: unknown) => current().cluster.loop.fail(error);

prefetchComponents();

const api: EngineApi = {
  async start(request) {
    const started = await host.start(request, api);
    // The shells of a replayed journal have the first names.
    terminals = host.running?.shellsReplayed ?? 0;
    return started;
  },
  watchTraffic: (port) => current().traffic.watch(port),
  watchHost: (port) => host.watch(port),
  fetch: (request) =>
    nudged((cluster) => cluster.submit({ type: 'fetch', ...request })) as ReturnType<EngineApi['fetch']>,
  flush: () => current().flush(),
  close: () => host.close(),
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
  runRemote: (line, port) => import('./remote-command.ts').then(({ runRemote }) => runRemote(line, port)),
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
  requests: (query) => explanations().then(({ requestRows }) => requestRows(current().sources, query)),
  walk: (id) => explanations().then(({ walkOf }) => walkOf(current().sources, id)),
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

host.adopt = (orphans) => {
  for (const { method, args } of orphans) {
    if (method === 'openTerminal') continue;
    const again = (
      api as unknown as { readonly [name: string]: ((...args: readonly unknown[]) => unknown) | undefined }
    )[method];
    Promise.resolve(again?.(...args)).catch(() => undefined);
  }
};

watchForBugs(fail);
expose(host.facade(api));
