/** The only messages between the page and the engine. */
import type {
  ClusterOptions,
  DeskEntry,
  Fault,
  Input,
  MarkBatch,
  ObjectFacts,
  OpenEdit,
  PageAnswer,
  PageRequest,
  Recording,
  Replay,
} from '#engine/cluster';
import type { Lesson } from '#engine/lessons';
import type { JournalEntry, Millis } from '#engine/sim';
import type { PacerState, Speed } from './pacer.ts';
import type { Scheduling, Subject, Why } from './traces/explanation.ts';
import type { RequestQuery, RequestRow, RequestWalk } from './traces/request-walk.ts';

export type {
  Change,
  DeskEntry,
  Fault,
  Mark,
  MarkKind,
  ObjectFacts,
  OpenEdit,
  PageAnswer,
  PageRequest,
  StandingFault,
} from '#engine/cluster';
export { BUILD } from './build.ts';
export type { PacerState, Speed } from './pacer.ts';
export { portHandler } from './port.ts';
export type * from './traces/explanation.ts';
export type * from './traces/request-walk.ts';
export type { TrafficBatch } from './traces/traffic.ts';

/** How a command line ended. */
export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * What goes through a terminal's port. From the page: keystrokes as text, and sizes; a window that closes hangs up.
 * To the page: screen bytes, and at the end the shell's exit code.
 */
export type TerminalMessage =
  | string
  | TerminalSize
  | { readonly hangup: true }
  /** So many bytes have been shown: more may come. See `ScreenFeed`. */
  | { readonly shown: number };
export type ScreenMessage = Uint8Array | { readonly exit: number };

/** From the page to the workstation's desk. `ask` comes back with the answer. */
export type DeskRequest =
  /** Tells about these files now, and whenever one changes; takes the place of what was followed before. */
  | { readonly follow: readonly string[] }
  | { readonly list: string; readonly ask: number }
  | { readonly read: string; readonly ask: number }
  | { readonly write: string; readonly text: string; readonly ask: number }
  /** An edit is over: with the text to keep, or given up. */
  | { readonly finish: string; readonly text?: string; readonly ask: number }
  | { readonly close: true };

export type DeskMessage =
  /** All files that wait for their editor, the oldest first. */
  | { readonly edits: readonly OpenEdit[] }
  /** A followed file; without text there is none that could be shown. */
  | { readonly file: string; readonly text?: string }
  | { readonly listed: readonly DeskEntry[]; readonly ask: number }
  | { readonly read: string; readonly text?: string; readonly ask: number }
  | { readonly done: number; readonly error?: string };

/** What a cluster is made from: options alone, or with inputs that are replayed up to an instant, after which it lives on. */
export interface Recipe {
  readonly options: ClusterOptions;
  readonly journal?: readonly JournalEntry<Input>[];
  /** Virtual time to replay to; default: the last input's. */
  readonly until?: Millis;
  /** Time stands still when the cluster is there. */
  readonly paused?: boolean;
  /** Which cluster this branched off, and when. */
  readonly parent?: Parent;
  /** What the replay must lead to: see `EngineApi.digestAt`. */
  readonly digest?: string;
}

/** The origin of a branch: id and name of a kept cluster, and a virtual instant. */
export interface Parent {
  readonly cluster: string;
  readonly name: string;
  readonly at: Millis;
}

/** Which cluster the worker is to run. With neither `cluster` nor `create`: the one that was open last, or a first one. */
export interface StartRequest {
  /** A kept cluster, by id or name. When there is none of that name, `create` or the last one is taken. */
  readonly cluster?: string;
  /** A new one. When the name is taken a number is added. */
  readonly create?: { readonly name: string; readonly recipe: Recipe };
  /** False: nothing is read from or written to the disk (an embed, a look at something). Default true. */
  readonly keep?: boolean;
}

/** What is wrong with the disk, in words for a log; the page has its own for people. */
export interface StorageProblem {
  /**
   * `unavailable`: no IndexedDB here; `quota`: it is full; `failed`: writing does not work any more; `damaged`: what was kept cannot be
   * read and was set aside as `setAside`; `newer`: it was written by a newer build and set aside.
   */
  readonly kind: 'unavailable' | 'quota' | 'failed' | 'damaged' | 'newer';
  readonly message: string;
  /** Id of the cluster that was set aside. */
  readonly setAside?: string;
}

export interface Started {
  readonly id: string;
  readonly name: string;
  /** `attached`: another tab runs it, and this one looks on through it until it closes. */
  readonly how: 'fresh' | 'resumed' | 'attached';
  /** After a replay: the state's digest at its last instant, to compare with a `Captured` one. */
  readonly digest?: string;
}

/** A bug stopped the world: everything a report needs. */
export interface Diagnostic {
  readonly build: string;
  readonly error: string;
  readonly stack?: string;
  readonly options: ClusterOptions;
  readonly now: Millis;
  /** The last inputs. */
  readonly journal: readonly JournalEntry<Input>[];
  readonly inputs: number;
}

/** How the cluster is hosted; told whenever it changes. */
export interface HostState {
  /** `other-tab`: another tab runs it. */
  readonly runs: 'here' | 'other-tab';
  readonly kept: 'disk' | 'memory';
  readonly problem?: StorageProblem;
  /** A journal is being run again: how far it has come, in virtual time. */
  readonly replaying?: { readonly from: Millis; readonly now: Millis; readonly until: Millis };
  readonly failure?: Diagnostic;
}

/** Where a run at full speed ends. `change`: at the next write that is no heartbeat. `settled`: nothing but heartbeats has been written for some virtual time. */
export type RunGoal =
  | { readonly until: Millis }
  | { readonly until: 'change' }
  | { readonly until: 'settled' /** virtual; default 10 min */; readonly withinMs?: Millis };

export interface RunOutcome {
  /** False: time was up, or somebody paused or stopped the run. */
  readonly reached: boolean;
  readonly now: Millis;
}

/** Where a replay led to. */
export interface Rehearsal {
  readonly digest: string;
  readonly facts: readonly ObjectFacts[];
}

/** What can be looked at. Instants are virtual milliseconds since 1970. */
export interface Past {
  /** When the cluster was made. */
  readonly boot: Millis;
  readonly oldest: Millis;
  readonly now: Millis;
  readonly answers: boolean;
}

/** A cluster as it is at the end of an instant, for somewhere else. */
export interface Captured {
  /** What replays it exactly: the engine that it ran on. */
  readonly build: string;
  readonly recipe: Recipe & Required<Pick<Recipe, 'journal' | 'until' | 'paused'>>;
  readonly digest: string;
}

/** A lesson to be graded. */
export interface LessonWatch {
  readonly lesson: Pick<Lesson, 'checks' | 'predictions' | 'mistakes'>;
  /** Ids of checks that were done before. */
  readonly done: readonly string[];
}

/** A line that was typed into a terminal, with its instants. */
export interface TypedLine {
  readonly line: string;
  readonly code: number;
  readonly startedAt: Millis;
  readonly endedAt: Millis;
}

/** What the engine worker answers, over Comlink. */
export interface EngineApi {
  /** Opens or makes a cluster and keeps it in step with the wall clock; resolves when its API answers. */
  start(request: StartRequest): Promise<Started>;
  /** Posts a HostState on the port, now and whenever it changes. */
  watchHost(port: MessagePort): void;
  /** Posts a TrafficBatch on the port now and then, until the port is sent anything. */
  watchTraffic(port: MessagePort): void;
  /** Puts on the disk what is not there yet. */
  flush(): Promise<void>;
  /** Puts everything on the disk and stops: the cluster may then be deleted, or opened by another tab. */
  close(): Promise<void>;
  /**
   * Serves the cluster's API on the port, as its administrator: see `portHandler`. Reads look through an observer that belongs to
   * `view`, a name of the caller's, and never change the cluster; everything else is input.
   */
  connect(port: MessagePort, view: string): void;
  /** Lets a view show the end of that instant, or from now on the present. Answers the instant shown. */
  goTo(view: string, at: Millis | undefined): Millis | undefined;
  /** How far back a view can go, and whether an API server answers those inside. */
  past(): Past;
  /** Happenings for a timeline, from `since` on: 0 at first, then what the last batch said. */
  marks(since: number): MarkBatch;
  /** What the cluster was at the end of that instant: see ObjectFacts. */
  factsAt(at: Millis): readonly ObjectFacts[];
  /** Digest of all that etcd held at the end of that instant. */
  digestAt(at: Millis): string;
  /**
   * Replays a recording in this worker, apart from what else runs here, and tells what the cluster was at its end. Instants reached
   * are posted on the port. To give up, end the worker.
   */
  rehearse(recording: Recording, port: MessagePort): Promise<Rehearsal>;
  /** An interactive shell at the workstation on the port: see TerminalMessage and ScreenMessage. */
  openTerminal(size: TerminalSize, port: MessagePort): Promise<void>;
  /** The workstation's files and edits on the port: see DeskRequest and DeskMessage. */
  openDesk(port: MessagePort): void;
  /** Runs a command line at the workstation to its end. */
  run(line: string): Promise<CommandOutcome>;
  /**
   * The same at a workstation of its own, made for this line, with a Kubernetes API of somebody else's: requests go out on the port (see
   * `servePort`), without credentials. No cluster has to be started.
   */
  runRemote(line: string, port: MessagePort): Promise<CommandOutcome>;
  /** What a web browser at the workstation is answered. */
  fetch(request: PageRequest): Promise<PageAnswer>;
  /** Breaks something, or mends it. */
  submit(fault: Fault): Promise<void>;
  /** Posts a StandingFault[] on the port, now and whenever something is broken or mended. */
  watchFaults(port: MessagePort): void;
  /** Why an object is as it is; `at`, absent now, is the instant that is looked at. Costs nothing while nobody asks. */
  why(subject: Subject, at?: Millis): Promise<Why>;
  /** Why a Pod is on its Node or on none; undefined when there is no such Pod. */
  scheduling(subject: Subject, at?: Millis): Promise<Scheduling | undefined>;
  /** The latest requests to the API server, the newest first. */
  requests(query: RequestQuery): Promise<readonly RequestRow[]>;
  /** The way a request took; undefined when it is forgotten. */
  walk(id: number): Promise<RequestWalk | undefined>;
  /** Grades a lesson: posts a Grade on the port, now and whenever it changes. Any message on the port ends it. */
  watchLesson(watch: LessonWatch, port: MessagePort): Promise<void>;
  /** The last lines typed into terminals, the newest last. */
  typed(): Promise<readonly TypedLine[]>;
  clock(): PacerState;
  setSpeed(speed: Speed): void;
  pause(): void;
  resume(): void;
  /** Runs the next instant at which anything happens, and stays paused. */
  step(): void;
  /** Runs as fast as it can until the goal, then goes on as before (paused when it was). Input is served meanwhile. */
  runUntil(goal: RunGoal): Promise<RunOutcome>;
  /** Options and inputs so far: with the build, all that replay needs. */
  recording(): Recording;
  /** All that opens this cluster elsewhere as it is now, and a digest to see that it is the same. */
  capture(): Promise<Captured>;
  /** Runs a recording, apart from the cluster on show, and answers with the digest of its trace. */
  replay(recording: Recording): Promise<Replay>;
}
