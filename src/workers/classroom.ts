/** Lessons in the engine's worker: what the learner has typed, and graders that watch the cluster on the cluster's own clock. */
import { createClient } from '#engine/client-go';
import type { Cluster } from '#engine/cluster';
import type { Grade, Grader, Observer } from '#engine/lessons';
import type { TraceEvent, World } from '#engine/sim';
import type { LessonWatch, TypedLine } from './protocol.ts';

/** What a grader can observe. */
const OBSERVABLE = new Set(['shell.command', 'browser.visit', 'traffic.result']);
const KEPT = 5000;

/** Loaded with the first lesson: parsers and CEL are nothing that a cluster needs. */
const load = () => import('./grader.ts');

/** What the learner does, from the cluster's first moment on; kept as it came until somebody asks. */
export class Learner {
  private waiting: TraceEvent[] = [];
  private observer: Observer | undefined;
  /** Told what there is to be looked at again. */
  listener: (what: Parameters<Grader['observed']>[0]) => void = () => undefined;

  see(event: TraceEvent): void {
    if (!OBSERVABLE.has(event.type)) return;
    if (this.observer) {
      const what = this.observer.see(event);
      if (what) this.listener(what);
    } else if (this.waiting.push(event) > KEPT) this.waiting.shift();
  }

  async seen(): Promise<Observer> {
    const { Observer } = await load();
    this.observer ??= new Observer();
    for (const event of this.waiting.splice(0)) this.observer.see(event);
    return this.observer;
  }
}

export class Classroom {
  private readonly graders = new Set<Grader>();

  constructor(
    private readonly cluster: Cluster,
    private readonly learner: Learner,
  ) {
    learner.listener = (what) => {
      for (const grader of this.graders) grader.observed(what);
    };
  }

  /** Posts a Grade on the port, now and whenever it changes. Any message on the port ends it. */
  async watch({ lesson, done }: LessonWatch, port: MessagePort): Promise<void> {
    const [{ startGrader }, observations] = await Promise.all([load(), this.learner.seen()]);
    const ended = new AbortController();
    const { loop, observer } = this.cluster;
    const world: World = { clock: loop, rng: NO_CHANCE, trace: { emit: () => undefined } };
    const grader = startGrader({
      world,
      client: createClient(observer, { userAgent: 'podarium-lessons' }),
      signal: ended.signal,
      lesson,
      done,
      observations,
      afterInstant: (act) => loop.post('lessons: look', act),
      report: (grade: Grade) => port.postMessage(grade),
    });
    this.graders.add(grader);
    port.onmessage = () => {
      ended.abort();
      this.graders.delete(grader);
      port.close();
    };
  }

  /** The last lines typed at the workstation, the newest last. */
  async typed(): Promise<readonly TypedLine[]> {
    return (await this.learner.seen()).commands().filter(({ host }) => host === 'workstation');
  }
}

/** Looking leaves nothing to chance. */
const NO_CHANCE: World['rng'] = { next: () => 0.5, int: () => 0, fork: () => NO_CHANCE };
