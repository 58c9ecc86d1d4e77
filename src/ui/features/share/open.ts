/** Opening a stranger's link: read strictly, replayed in the worker, compared, and shown as its sender saw it. */
import type { HostState, StartRequest } from '../../../workers/protocol.ts';
import { BUILD } from '../../../workers/protocol.ts';
import { type Engine, rememberCluster, startEngine } from '../../cluster/index.ts';
import { embed, goTo, openLesson, openOverlay, select, showPane, update } from '../../session/index.ts';
import { LinkError } from './link/codec.ts';
import { type Shared, type SharedView, unpackShared } from './link/shared.ts';
import { setOpened } from './opened.ts';

const PREFIX = '#s=';
/** What a page without anything of the visitor's shows when a link is broken. */
const EMPTY: StartRequest = { create: { name: 'empty', recipe: { options: { nodes: 3 } } }, keep: false };

/** Starts the cluster that the address carries; an empty one, kept nowhere, when the link is broken. */
export async function openShared(): Promise<Engine> {
  const packed = location.hash.slice(PREFIX.length);
  openOverlay('opening');
  let shared: Shared;
  try {
    shared = await unpackShared(packed);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    setOpened({ state: 'broken', problem: error.problem, detail: error.message });
    forgetLink();
    return startEngine(EMPTY);
  }
  return open(shared);
}

function open(shared: Shared): Engine {
  const { title, replay, options, paused, build } = shared;
  const exact = replay && build === BUILD;
  const inputs = exact ? replay.journal.length : 0;
  setOpened({ state: 'opening', title, inputs, done: 0 });
  const recipe = exact ? { options, journal: replay.journal, until: replay.until, paused } : { options };
  const engine = startEngine({ create: { name: title || 'shared', recipe }, ...(embed && { keep: false }) });
  watchProgress(engine, title, inputs);
  engine.ready
    .then(async ({ id, digest }) => {
      if (!embed) {
        rememberCluster(id);
        forgetLink();
      }
      if (!exact) await applyManifests(engine, shared);
      else if (digest === replay.digest) setOpened({ state: 'same', title, inputs, digest });
      else setOpened({ state: 'different', title, digest: digest ?? '', wanted: replay.digest });
      showView(shared.view, exact !== undefined && exact !== false);
    })
    // The page itself says when the cluster cannot be had.
    .catch(() => setOpened({ state: 'none' }));
  return engine;
}

/** A reload then opens what has become of the cluster, and not the link once more. */
function forgetLink(): void {
  const url = new URL(location.href);
  url.hash = '';
  history.replaceState(undefined, '', url);
}

function watchProgress(engine: Engine, title: string, inputs: number): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<HostState>) => {
    if (!data.replaying) return;
    const { from, now, until } = data.replaying;
    setOpened({ state: 'opening', title, inputs, done: until > from ? (now - from) / (until - from) : 1 });
  };
  engine.watchHost(port2);
  engine.ready.then(
    () => port1.close(),
    () => port1.close(),
  );
}

/** Applied as somebody at the workstation would: journaled, so that the cluster can be shared again. */
async function applyManifests(engine: Engine, { title, manifests, replay }: Shared): Promise<void> {
  const reason = replay ? 'other-build' : 'alone';
  if (manifests.trim() === '') {
    setOpened({ state: 'manifests', title, reason, output: '', failed: false });
    return;
  }
  let mark = 'MANIFESTS';
  while (manifests.includes(mark)) mark += '_';
  const { code, stdout, stderr } = await engine.api.run(`kubectl apply -f - <<'${mark}'\n${manifests}\n${mark}`);
  setOpened({ state: 'manifests', title, reason, output: (stdout + stderr).slice(0, 20_000), failed: code !== 0 });
}

function showView({ tab, selected, lesson, instant }: SharedView, exact: boolean): void {
  if (tab) update({ centreTab: tab });
  if (selected) select(selected);
  if (lesson !== undefined) openLesson(lesson);
  if (instant !== undefined && exact) goTo(instant);
  if (tab && !lesson) showPane('centre');
}
