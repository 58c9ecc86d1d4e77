/** A cluster with a lesson in it, a learner at its terminal and a grader that watches. */
import { createClient } from '#engine/client-go';
import { type Cluster, type ClusterOptions, createCluster } from '#engine/cluster';
import { clusterOptions, type Grade, type Lesson, type LessonFiles, Observer, startGrader } from '#engine/lessons';
import { TraceHash } from '#engine/sim';
import { nodeHost } from '../../src/workers/node/host.ts';

const BOOT_MS = 600_000;
const TERMINAL = 'lesson';
/** The end of a screen on which somebody may type. */
const PROMPT = /[#$>] $/;
const ESCAPE = String.fromCharCode(27);
const CONTROL = new RegExp(`${ESCAPE}\\[[\\d;?]*[A-Za-z]|\\r`, 'g');
const PROMPT_MS = 2000;

/** What `type` has seen of a line. */
export interface Typed {
  readonly screen: string;
  /** undefined: it did not end by itself. */
  readonly code: number | undefined;
  /** A program of its own waits for input. */
  readonly asks: boolean;
}

export class Classroom {
  private readonly grades: Grade[] = [];
  private screen = '';

  private constructor(
    readonly cluster: Cluster,
    private readonly observer: Observer,
    private readonly hash: TraceHash,
    private readonly stopped: AbortController,
  ) {}

  static async open(lesson: Lesson, files: LessonFiles): Promise<Classroom> {
    const hash = new TraceHash();
    const observer = new Observer();
    const stopped = new AbortController();
    const options: ClusterOptions = { freeze: true, ...clusterOptions(lesson, files) };
    const host = nodeHost((event) => {
      hash.add(event);
      const observed = observer.see(event);
      if (observed) grader?.observed(observed);
    });
    let grader: ReturnType<typeof startGrader> | undefined;
    const cluster = await createCluster(host, options);
    const { loop } = cluster;
    if (!(await loop.runUntil(loop.now() + BOOT_MS, () => cluster.ready)))
      throw new Error('the world never gets ready');
    const room = new Classroom(cluster, observer, hash, stopped);
    grader = startGrader({
      world: { clock: loop, rng: NO_RNG, trace: { emit: () => undefined } },
      client: createClient(cluster.observer, { userAgent: 'grader' }),
      signal: stopped.signal,
      lesson,
      observations: observer,
      afterInstant: (act) => loop.post('grader', act),
      report: (grade) => room.grades.push(grade),
    });
    await loop.runUntil(loop.now() + 100);
    const { output } = await room.settled(cluster.openTerminal(TERMINAL, { columns: 120, rows: 40 }));
    const decoder = new TextDecoder();
    output
      .forEach((bytes) => {
        room.screen += decoder.decode(bytes, { stream: true });
      })
      .catch((error: unknown) => {
        room.screen += String(error);
      });
    await loop.runUntil(loop.now() + 1000);
    return room;
  }

  get now(): number {
    return this.cluster.loop.now();
  }

  get grade(): Grade {
    const grade = this.grades.at(-1);
    if (!grade) throw new Error('nothing has been graded');
    return grade;
  }

  /** Every hint that has applied so far, as `check: text`. */
  get hintsSeen(): ReadonlySet<string> {
    return new Set(
      this.grades.flatMap(({ checks }) => checks.flatMap(({ id, hints }) => hints.map((hint) => `${id}: ${hint}`))),
    );
  }

  get mistakesSeen(): ReadonlySet<string> {
    return new Set(this.grades.flatMap(({ mistakes }) => mistakes));
  }

  get answers(): Grade['predictions'] {
    return this.grade.predictions;
  }

  get digest(): string {
    return this.hash.digest();
  }

  /** Types a line and Enter; waits until it has ended or a program of its own asks for input, or for as long as `limitMs`, and then presses Ctrl-C. */
  async type(line: string, limitMs = 60_000): Promise<Typed> {
    const before = this.observer.commands().length;
    const from = this.screen.length;
    await this.keys(`${line}\r`);
    const typedAt = this.screen.length;
    const ended = () => this.observer.commands().length > before;
    const start = this.now;
    let shown = '';
    let since = start;
    const asks = () => {
      const screen = this.screen.slice(typedAt);
      if (screen !== shown) {
        shown = screen;
        since = this.now;
      }
      return PROMPT.test(shown.slice(-200).replace(CONTROL, '')) && this.now - since >= PROMPT_MS;
    };
    const byItself = await this.cluster.loop.runUntil(start + limitMs, () => ended() || asks());
    const code = ended() ? this.observer.commands().at(-1)?.code : undefined;
    if (!byItself) await this.keys('\x03');
    await this.pass(200);
    return { screen: this.screen.slice(from), code, asks: byItself && code === undefined };
  }

  async keys(text: string): Promise<void> {
    await this.settled(this.cluster.submit({ type: 'terminal.input', terminal: TERMINAL, text }));
  }

  async pass(ms: number): Promise<void> {
    await this.cluster.loop.runUntil(this.now + ms);
  }

  /** Whether `holds` came true within that time. */
  until(holds: (grade: Grade) => boolean, withinMs: number): Promise<boolean> {
    return this.cluster.loop.runUntil(this.now + withinMs, () => holds(this.grade));
  }

  close(): void {
    this.stopped.abort();
    this.cluster.stop();
  }

  private async settled<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    promise.then(
      () => {
        done = true;
      },
      () => {
        done = true;
      },
    );
    await this.cluster.loop.runUntil(this.now + BOOT_MS, () => done);
    return promise;
  }
}

const NO_RNG = { next: () => 0.5, int: () => 0, fork: () => NO_RNG };
