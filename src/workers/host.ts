/** Decides where the cluster of this page runs: here, over what the disk holds; or in another tab, as long as that one is there. */
import type { Cluster } from '#engine/cluster';
import { prefetchAssets } from './assets.ts';
import { BUILD } from './build.ts';
import { type Catalog, openCatalog } from './disk/catalog.ts';
import { type ClusterEntry, type Database, openDatabase } from './disk/database.ts';
import { tryToLead, waitToLead } from './disk/election.ts';
import { UnreadableRecord } from './disk/record.ts';
import { RecordStore } from './disk/record-store.ts';
import type { Diagnostic, EngineApi, HostState, Recipe, Started, StartRequest, StorageProblem } from './protocol.ts';
import { replayProgress } from './replay-progress.ts';
import { type Kept, Running } from './running.ts';
import { Follower } from './tabs/follower.ts';
import { serveTabs } from './tabs/leader.ts';

/** What a visitor finds who has never been here. */
const FIRST: Recipe = { options: { nodes: 3 } };
const FIRST_NAME = 'default';
/** Inputs in a diagnostic: the last ones tell most. */
const JOURNAL_TAIL = 50;
/** Calls that are always answered here, whoever runs the cluster. */
const OWN: ReadonlySet<PropertyKey> = new Set(['start', 'watchHost', 'close']);

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export class EngineHost {
  running: Running | undefined;
  private follower: Follower | undefined;
  /** Until the cluster is up here, calls still go to the tab that is gone: nobody is told otherwise before. */
  private takingOver = false;
  private state: HostState = { runs: 'here', kept: 'memory' };
  private readonly watchers = new Set<MessagePort>();
  private readonly closed = new AbortController();

  /** The API as the page and other tabs call it: forwarded while the cluster runs elsewhere. */
  facade(api: EngineApi): EngineApi {
    return new Proxy(api, {
      get: (own, method, receiver) => {
        const { follower } = this;
        if (!follower || typeof method === 'symbol' || OWN.has(method)) return Reflect.get(own, method, receiver);
        return (...args: readonly unknown[]) => follower.call(method, args);
      },
    });
  }

  current(): Running {
    if (!this.running) throw new Error('no cluster has been started');
    return this.running;
  }

  watch(port: MessagePort): void {
    this.watchers.add(port);
    port.postMessage(this.state);
  }

  async start(request: StartRequest, api: EngineApi): Promise<Started> {
    if (request.keep === false) return this.startInMemory(request);
    let catalog: Catalog;
    let db: Database;
    try {
      catalog = await openCatalog();
      db = await openDatabase();
    } catch (error) {
      return this.startInMemory(request, { kind: 'unavailable', message: messageOf(error) });
    }
    const entry = await this.choose(catalog, request);
    const { id, name } = entry;
    if (!(await tryToLead(id, this.closed.signal))) {
      this.follow(id, () => this.lead(catalog, db, entry, api));
      return { id, name, how: 'attached' };
    }
    return this.lead(catalog, db, entry, api);
  }

  /** Writes what is to be written, and lets the cluster go: another tab, or nobody, may have it. */
  async close(): Promise<void> {
    await this.running?.close();
    this.closed.abort();
  }

  private async choose(catalog: Catalog, { cluster, create }: StartRequest): Promise<ClusterEntry> {
    const known = cluster === undefined ? undefined : await catalog.find(cluster);
    if (known && known.setAside === undefined) return known;
    if (create) return catalog.add(create.name, create.recipe);
    const last = (await catalog.list()).find(({ setAside }) => setAside === undefined);
    return last ?? catalog.add(FIRST_NAME, FIRST);
  }

  private async startInMemory({ create }: StartRequest, problem?: StorageProblem): Promise<Started> {
    this.tell({ runs: 'here', kept: 'memory', ...(problem && { problem }) });
    await this.run(create?.recipe ?? FIRST);
    return this.answer({ id: 'memory', name: create?.name ?? FIRST_NAME, how: 'fresh' });
  }

  private async lead(catalog: Catalog, db: Database, entry: ClusterEntry, api: EngineApi): Promise<Started> {
    const { id, name, recipe } = entry;
    const store = new RecordStore(db, id);
    let texts: Map<string, string>;
    try {
      texts = await store.load();
    } catch (error) {
      return this.replace(catalog, db, entry, error, api);
    }
    await catalog.change(id, { openedAt: Date.now() });
    this.tell({ ...this.state, runs: 'here', kept: 'disk' });
    const onProblem = (problem: StorageProblem | undefined) => {
      const { problem: _before, ...rest } = this.state;
      this.tell({ ...rest, kept: problem ? 'memory' : 'disk', ...(problem && { problem }) });
    };
    await this.run(recipe, { store, texts, onProblem });
    if (recipe.journal) {
      // What it is made from is on the disk now: the next time nothing is replayed.
      const { journal: _journal, until: _until, ...rest } = recipe;
      await this.running?.flush();
      await catalog.change(id, { recipe: rest });
    }
    serveTabs(id, api);
    return this.answer({ id, name, how: texts.size > 0 ? 'resumed' : 'fresh' });
  }

  private answer(started: Started): Started {
    const digest = this.running?.replayed;
    return { ...started, ...(digest !== undefined && { digest }) };
  }

  /** What cannot be read is set aside under a name that says so, and a fresh cluster takes its place. Nothing is thrown away. */
  private async replace(
    catalog: Catalog,
    db: Database,
    entry: ClusterEntry,
    error: unknown,
    api: EngineApi,
  ): Promise<Started> {
    const kind = error instanceof UnreadableRecord ? error.kind : 'damaged';
    const message = messageOf(error);
    await catalog.change(entry.id, { name: `${entry.name} (${kind})`, setAside: message });
    const { journal: _journal, until: _until, ...fresh } = entry.recipe;
    const next = await catalog.add(entry.name, fresh);
    await tryToLead(next.id, this.closed.signal);
    this.tell({ ...this.state, problem: { kind, message, setAside: entry.id } });
    return this.lead(catalog, db, next, api);
  }

  private follow(id: string, lead: () => Promise<Started>): void {
    this.follower = new Follower(id);
    this.tell({ runs: 'other-tab', kept: 'disk' });
    waitToLead(id, this.closed.signal)
      .then(() => {
        this.takingOver = true;
        return lead();
      })
      .then(() => {
        this.takingOver = false;
        const orphans = this.follower?.end() ?? [];
        this.follower = undefined;
        this.tell({ ...this.state, runs: 'here' });
        this.adopt(orphans);
      })
      .catch((error: unknown) => this.tell({ ...this.state, problem: { kind: 'failed', message: messageOf(error) } }));
  }

  /** Set by the wiring: asks here again what was asked of the tab that is gone. */
  adopt: (orphans: readonly { readonly method: string; readonly args: readonly unknown[] }[]) => void = () => {};

  private async run(recipe: Recipe, kept?: Kept): Promise<void> {
    const { replaying: _done, ...before } = this.state;
    const onProgress = replayProgress(recipe, ({ replaying }) => {
      this.tell({ ...before, ...(replaying && { replaying }) });
    });
    this.running = await Running.open(recipe, kept, (error, running) => this.fail(error, running), onProgress);
    this.tell(before);
    void prefetchAssets();
  }

  private fail(error: unknown, running: Running): void {
    running.abandon();
    const failure = diagnose(error, running.cluster, running.recipe);
    this.tell({ ...this.state, failure });
  }

  private tell(state: HostState): void {
    this.state = this.takingOver ? { ...state, runs: 'other-tab' } : state;
    for (const port of this.watchers) port.postMessage(this.state);
  }
}

function diagnose(error: unknown, cluster: Cluster, { options }: Recipe): Diagnostic {
  const journal = cluster.journal.entries();
  return {
    build: BUILD,
    error: messageOf(error),
    ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }),
    options,
    now: cluster.loop.now(),
    journal: journal.slice(-JOURNAL_TAIL),
    inputs: journal.length,
  };
}
