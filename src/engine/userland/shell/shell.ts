/** A shell's state: variables, functions, options, descriptors, jobs, traps. What acts on it lies in the files around. */

import type { Function as FunctionNode, ParsedScript } from 'unbash';
import type { Sink, Source } from '#engine/http';
import {
  bareSink,
  type ChildProcess,
  type ExitStatus,
  emptySource,
  nullSink,
  type Process,
  type Signal,
} from '#engine/os';
import { CommandFailed } from './control.ts';
import { Variables } from './variables.ts';

export type ShellFlavour = 'bash' | 'dash' | 'ash';

/** An open file of the shell. */
export interface Descriptor {
  readonly source?: Source<Uint8Array>;
  readonly sink?: Sink<Uint8Array>;
}

export interface DefinedFunction {
  readonly node: FunctionNode;
  readonly source: string;
}

export interface Job {
  readonly id: number;
  readonly child: ChildProcess;
  readonly text: string;
  status: ExitStatus | undefined;
  reported: boolean;
}

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  pipefail: boolean;
  noglob: boolean;
  noexec: boolean;
  verbose: boolean;
  allexport: boolean;
  noclobber: boolean;
  monitor: boolean;
  nullglob: boolean;
  dotglob: boolean;
  globstar: boolean;
  extglob: boolean;
  nocasematch: boolean;
  expand_aliases: boolean;
  lastpipe: boolean;
}

/** The interpreter, given to the parts it is built on. */
export interface Runner {
  /** Runs a script in this very shell. */
  script(shell: Shell, script: ParsedScript, source: string): Promise<number>;
}

const encoder = new TextEncoder();

export class Shell {
  readonly fds = new Map<number, Descriptor>();
  readonly functions: Map<string, DefinedFunction>;
  readonly aliases: Map<string, string>;
  readonly traps: Map<string, string>;
  readonly options: ShellOptions;
  readonly jobs: Job[] = [];
  readonly history: string[] = [];
  /** How many of them the history file has. */
  historySaved = 0;
  variables: Variables;
  positional: readonly string[] = [];
  /** $0 */
  name: string;
  lastStatus = 0;
  lastBackground: number | undefined;
  pipeStatus: readonly number[] = [0];
  /** $$: subshells keep it. */
  readonly mainPid: number;
  isSubshell = false;
  interactive = false;
  /** `bash -c`: how errors name the place. */
  fromCommandString = false;
  scriptFile: string | undefined;
  /** The text that positions of the running nodes refer to, and the line that runs. */
  source = '';
  line = 1;
  /** > 0 inside the condition of if, while, && and the like: set -e does nothing there. */
  conditionDepth = 0;
  loopDepth = 0;
  functionDepth = 0;
  sourceDepth = 0;
  evalDepth = 0;
  substitutionStatus: number | undefined;
  readonly startedAt: number;
  readonly pendingSignals: Signal[] = [];
  /** Wakes `wait` and `read` when a trapped signal comes. */
  wakeOnSignal: (() => void) | undefined;
  /** Set by Ctrl-C in an interactive shell. */
  interrupted = false;
  directoryStack: string[] = [];
  readonly hashed = new Map<string, string>();
  /** Aliases being expanded: none expands inside itself. */
  readonly activeAliases = new Set<string>();
  /** Where the lines of a source begin. */
  readonly lineStarts = new Map<string, readonly number[]>();

  constructor(
    readonly process: Process,
    readonly flavour: ShellFlavour,
    readonly runner: Runner,
    parent?: Shell,
  ) {
    this.name = parent?.name ?? process.argv[0] ?? flavour;
    this.mainPid = parent?.mainPid ?? process.pid;
    this.startedAt = parent?.startedAt ?? process.clock.now();
    this.variables = parent ? parent.variables.clone() : new Variables(process.env);
    this.functions = new Map(parent?.functions);
    this.aliases = new Map(parent?.aliases);
    this.traps = new Map();
    this.options = parent ? { ...parent.options } : { ...DEFAULT_OPTIONS };
    this.fds.set(0, { source: process.stdin });
    this.fds.set(1, { sink: process.stdout });
    this.fds.set(2, { sink: process.stderr });
    if (parent) this.inherit(parent);
  }

  private inherit(parent: Shell): void {
    this.positional = parent.positional;
    this.lastStatus = parent.lastStatus;
    this.lastBackground = parent.lastBackground;
    this.fromCommandString = parent.fromCommandString;
    this.scriptFile = parent.scriptFile;
    this.source = parent.source;
    this.line = parent.line;
    this.conditionDepth = parent.conditionDepth;
    this.functionDepth = parent.functionDepth;
    this.isSubshell = true;
    for (const [fd, { source, sink }] of parent.fds) {
      if (fd > 2) this.fds.set(fd, { ...(source && { source }), ...(sink && { sink: bareSink(sink) }) });
    }
  }

  get stdin(): Source<Uint8Array> {
    return this.fds.get(0)?.source ?? emptySource();
  }

  get stdout(): Sink<Uint8Array> {
    return this.fds.get(1)?.sink ?? nullSink;
  }

  get stderr(): Sink<Uint8Array> {
    return this.fds.get(2)?.sink ?? nullSink;
  }

  print(text: string): Promise<void> {
    return this.stdout.write(encoder.encode(text));
  }

  printError(text: string): Promise<void> {
    return this.stderr.write(encoder.encode(text));
  }

  /** `bash: line 3: ` or what this flavour puts in front of a message; `command` is the builtin that speaks. */
  prefix(command?: string): string {
    const { name, flavour, line } = this;
    const who = command === undefined ? '' : `${command}: `;
    if (flavour === 'dash') return `${name}: ${line}: ${who}`;
    if (flavour === 'bash')
      return this.interactive ? `${name.replace(/^-/, '')}: ${who}` : `${name}: line ${line}: ${who}`;
    if (this.interactive) return `${name.replace(/^-/, '')}: ${who}`;
    return this.scriptFile !== undefined || command !== undefined ? `${name}: ${who}line ${line}: ` : `${name}: ${who}`;
  }

  /** Says what went wrong. */
  complain(message: string, command?: string): Promise<void> {
    return this.printError(`${this.prefix(command)}${message}\n`);
  }

  /** Says what went wrong and ends the command; `fatal` ends a non-interactive shell too. */
  async fail(message: string, code: number, fatal = false, command?: string): Promise<never> {
    await this.complain(message, command);
    throw new CommandFailed(code, fatal);
  }

  get(name: string): string | undefined {
    return this.variables.get(name);
  }
}

const DEFAULT_OPTIONS: ShellOptions = {
  errexit: false,
  nounset: false,
  xtrace: false,
  pipefail: false,
  noglob: false,
  noexec: false,
  verbose: false,
  allexport: false,
  noclobber: false,
  monitor: false,
  nullglob: false,
  dotglob: false,
  globstar: false,
  extglob: true,
  nocasematch: false,
  expand_aliases: false,
  lastpipe: false,
};
