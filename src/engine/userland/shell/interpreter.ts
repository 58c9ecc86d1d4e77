/** Runs the parsed shell language: lists, pipelines, compound commands, functions. */
import type {
  Case,
  CommandNode,
  CompoundList,
  For,
  Function as FunctionNode,
  If,
  ParsedScript,
  Pipeline,
  Redirected,
  Select,
  Statement,
  While,
} from 'unbash';
import { type ChildProcess, createPipe, readUpTo } from '#engine/os';
import { evaluateCondition } from './condition.ts';
import { BreakLoop, CommandFailed, ExitShell, Interrupted } from './control.ts';
import { arithmeticValue, expandToPattern, expandToText, expandWords } from './expand.ts';
import { forkShell } from './fork.ts';
import { announceBackground, waitFor } from './jobs.ts';
import { matches } from './pattern.ts';
import { withRedirections } from './redirect.ts';
import type { Runner, Shell } from './shell.ts';
import { runSimple } from './simple-command.ts';
import { lineOf, lineStarts, syntaxError } from './syntax-error.ts';
import { runAction, runPendingTraps } from './traps.ts';

/** What running one command of the language costs a virtual CPU. */
const COMMAND_CPU_MS = 0.2;

interface Context {
  /** Nothing comes behind: an external command may take this process over. */
  readonly isLast: boolean;
}
const NOT_LAST: Context = { isLast: false };

export const runner: Runner = { script: (shell, script, source) => runScript(shell, script, source) };

export async function runScript(shell: Shell, script: ParsedScript, source: string, isLast = false): Promise<number> {
  const outer = { source: shell.source, line: shell.line };
  shell.source = source;
  const lines = lineStarts(shell, source);
  const failedAt = script.errors?.length ? Math.min(...script.errors.map(({ pos }) => pos)) : undefined;
  try {
    for (const [index, statement] of script.commands.entries()) {
      // What stands before the line of a syntax error still runs.
      if (failedAt !== undefined && lineOf(lines, statement.end) >= lineOf(lines, failedAt)) break;
      await runStatement(
        shell,
        statement,
        { isLast: isLast && index === script.commands.length - 1 && !script.errors?.length },
        lines,
      );
    }
    if (script.errors?.length) await syntaxError(shell, script, source, lines);
  } finally {
    shell.source = outer.source;
    shell.line = outer.line;
  }
  return shell.lastStatus;
}

async function runStatement(
  shell: Shell,
  statement: Statement,
  context: Context,
  lines = lineStarts(shell, shell.source),
): Promise<void> {
  if (shell.interrupted) throw new Interrupted();
  shell.line = lineOf(lines, statement.pos);
  await shell.process.compute(COMMAND_CPU_MS);
  // Ctrl-C may have come in the meantime: what would start now would not hear of it.
  if (shell.interrupted) throw new Interrupted();
  if (shell.pendingSignals.length > 0) await runPendingTraps(shell);
  if (shell.options.noexec) return;
  try {
    const code = statement.background
      ? await background(shell, statement)
      : await runNode(shell, statement.command, context);
    shell.lastStatus = code;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    shell.lastStatus = error.code;
    if (error.fatal && !shell.interactive) throw new ExitShell(error.code);
    await checkErrexit(shell, error.code);
  }
}

async function checkErrexit(shell: Shell, code: number): Promise<void> {
  if (code === 0 || shell.conditionDepth > 0) return;
  const trap = shell.traps.get('ERR');
  if (trap) await runAction(shell, trap);
  if (shell.options.errexit) throw new ExitShell(code);
}

type Node = Statement['command'];

async function runNode(shell: Shell, node: Node, context: Context): Promise<number> {
  if (node.type === 'AndOr') return andOr(shell, node, context);
  const code = node.type === 'Pipeline' ? await pipeline(shell, node, context) : await runCommand(shell, node, context);
  shell.lastStatus = code;
  const isPlain =
    node.type === 'Command' ||
    node.type === 'Subshell' ||
    node.type === 'TestCommand' ||
    node.type === 'ArithmeticCommand' ||
    node.type === 'Redirected';
  const isNegated = node.type === 'Pipeline' && node.prefixes.some(({ type }) => type === 'Negation');
  if (isPlain || (node.type === 'Pipeline' && !isNegated)) await checkErrexit(shell, code);
  return code;
}

async function inCondition<T>(shell: Shell, run: () => Promise<T>): Promise<T> {
  shell.conditionDepth++;
  try {
    return await run();
  } finally {
    shell.conditionDepth--;
  }
}

async function andOr(shell: Shell, node: Extract<Node, { type: 'AndOr' }>, context: Context): Promise<number> {
  let code = 0;
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1];
    if ((operator === '&&' && code !== 0) || (operator === '||' && code === 0)) continue;
    const isLast = index === node.commands.length - 1;
    code = isLast
      ? await runNode(shell, command, context)
      : await inCondition(shell, () => runNode(shell, command, NOT_LAST));
    shell.lastStatus = code;
  }
  return code;
}

async function pipeline(shell: Shell, node: Pipeline, context: Context): Promise<number> {
  const isNegated = node.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
  const time = node.prefixes.find(({ type }) => type === 'Time');
  const startedAt = shell.process.clock.now();
  const run = () =>
    node.commands.length === 1
      ? runCommand(shell, node.commands[0] as CommandNode, time || isNegated ? NOT_LAST : context)
      : stages(shell, node);
  const code = isNegated ? await inCondition(shell, run) : node.commands.length === 0 ? 0 : await run();
  if (time) {
    const show = (label: string, ms: number) =>
      `${label}\t${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s\n`;
    const elapsed = shell.process.clock.now() - startedAt;
    await shell.printError(
      `\n${show('real', elapsed)}${show('user', Math.min(elapsed, 2))}${show('sys', Math.min(elapsed, 1))}`,
    );
  }
  return isNegated ? (code === 0 ? 1 : 0) : code;
}

/** Every stage is a process of its own, joined by pipes; a writer whose reader has gone dies of SIGPIPE. */
async function stages(shell: Shell, node: Pipeline): Promise<number> {
  const children: ChildProcess[] = [];
  let input = shell.stdin;
  for (const [index, command] of node.commands.entries()) {
    const isLast = index === node.commands.length - 1;
    const pipe = isLast ? undefined : createPipe();
    const stdout = pipe?.sink ?? shell.stdout;
    const withErrors = node.operators[index] === '|&';
    const streams = { stdin: input, stdout, ...(withErrors && { stderr: stdout }) };
    children.push(await forkShell(shell, streams, (sub) => runAsSubshell(sub, command)));
    if (pipe) input = pipe.source;
  }
  const statuses: number[] = [];
  for (const child of children) statuses.push(await waitFor(shell, child));
  shell.pipeStatus = statuses;
  const last = statuses[statuses.length - 1] as number;
  return shell.options.pipefail ? (statuses.filter((status) => status !== 0).at(-1) ?? 0) : last;
}

async function runAsSubshell(sub: Shell, command: CommandNode): Promise<number> {
  const code = await runCommand(sub, command, { isLast: true });
  sub.lastStatus = code;
  return code;
}

async function background(shell: Shell, statement: Statement): Promise<number> {
  const streams = { background: true, ...(shell.interactive ? {} : { stdin: createClosedInput() }) };
  const child = await forkShell(shell, streams, async (sub) => {
    const code = await runNode(sub, statement.command, { isLast: true });
    sub.lastStatus = code;
    return code;
  });
  shell.lastBackground = child.pid;
  await announceBackground(shell, child, shell.source.slice(statement.pos, statement.end).replace(/\s*&\s*$/, ''));
  return 0;
}

function createClosedInput() {
  const { source, sink } = createPipe();
  sink.close();
  return source;
}

async function runCommand(shell: Shell, node: CommandNode, context: Context): Promise<number> {
  switch (node.type) {
    case 'Command':
      return runSimple(shell, node, context.isLast, callFunction);
    case 'Redirected':
      return redirected(shell, node);
    case 'Subshell': {
      const child = await forkShell(shell, {}, (sub) => runList(sub, node.body, { isLast: true }));
      return waitFor(shell, child);
    }
    case 'BraceGroup':
      return runList(shell, node.body, context);
    case 'If':
      return runIf(shell, node, context);
    case 'While':
      return runWhile(shell, node);
    case 'For':
      return runFor(shell, node);
    case 'ArithmeticFor':
      return runArithmeticFor(shell, node);
    case 'Select':
      return runSelect(shell, node);
    case 'Case':
      return runCase(shell, node, context);
    case 'TestCommand':
      return (await evaluateCondition(shell, node.expression)) ? 0 : 1;
    case 'ArithmeticCommand':
      return node.expression && (await arithmeticValue(shell, node.expression)) !== 0n ? 0 : 1;
    case 'Function':
      shell.functions.set(node.name.value, { node, source: shell.source });
      return 0;
    default:
      return shell.fail('coproc: not simulated', 1);
  }
}

async function redirected(shell: Shell, node: Redirected): Promise<number> {
  return withRedirections(shell, node.redirects, () => runCommand(shell, node.command, NOT_LAST));
}

async function runList(shell: Shell, list: CompoundList, context: Context = NOT_LAST): Promise<number> {
  const lines = lineStarts(shell, shell.source);
  if (list.commands.length === 0) return 0;
  for (const [index, statement] of list.commands.entries()) {
    await runStatement(shell, statement, { isLast: context.isLast && index === list.commands.length - 1 }, lines);
  }
  return shell.lastStatus;
}

async function runIf(shell: Shell, node: If, context: Context): Promise<number> {
  const holds = (clause: CompoundList) => inCondition(shell, async () => (await runList(shell, clause)) === 0);
  if (await holds(node.clause)) return runList(shell, node.then, context);
  for (const branch of node.elif) if (await holds(branch.clause)) return runList(shell, branch.then, context);
  if (node.else) return runList(shell, node.else, context);
  return 0;
}

/** Runs a loop's body once. False: leave the loop. */
async function iterate(shell: Shell, body: CompoundList): Promise<boolean> {
  shell.loopDepth++;
  try {
    await runList(shell, body);
    return true;
  } catch (error) {
    if (!(error instanceof BreakLoop)) throw error;
    if (error.levels > 1 && shell.loopDepth > 1) throw new BreakLoop(error.kind, error.levels - 1);
    if (error.kind === 'break') shell.lastStatus = 0;
    return error.kind === 'continue';
  } finally {
    shell.loopDepth--;
  }
}

async function runWhile(shell: Shell, node: While): Promise<number> {
  let code = 0;
  for (;;) {
    const met = await inCondition(shell, async () => (await runList(shell, node.clause)) === 0);
    if (met !== (node.kind === 'while')) return code;
    if (!(await iterate(shell, node.body))) return shell.lastStatus;
    code = shell.lastStatus;
  }
}

async function runFor(shell: Shell, node: For): Promise<number> {
  const words = node.wordlist ? await expandWords(shell, node.wordlist) : shell.positional;
  let code = 0;
  for (const word of words) {
    shell.variables.set(node.name.value, word);
    if (!(await iterate(shell, node.body))) return shell.lastStatus;
    code = shell.lastStatus;
  }
  return code;
}

async function runArithmeticFor(shell: Shell, node: Extract<CommandNode, { type: 'ArithmeticFor' }>): Promise<number> {
  let code = 0;
  if (node.initialize) await arithmeticValue(shell, node.initialize);
  while (!node.test || (await arithmeticValue(shell, node.test)) !== 0n) {
    await shell.process.compute(COMMAND_CPU_MS);
    if (!(await iterate(shell, node.body))) return shell.lastStatus;
    code = shell.lastStatus;
    if (node.update) await arithmeticValue(shell, node.update);
  }
  return code;
}

async function runSelect(shell: Shell, node: Select): Promise<number> {
  const words = node.wordlist ? await expandWords(shell, node.wordlist) : shell.positional;
  const menu = words.map((word, i) => `${i + 1}) ${word}\n`).join('');
  await shell.printError(menu);
  for (;;) {
    await shell.printError(shell.get('PS3') ?? '#? ');
    const bytes = await readUpTo(shell.stdin);
    if (!bytes) return 1;
    const reply = new TextDecoder().decode(bytes).trim();
    shell.variables.set('REPLY', reply);
    if (reply === '') {
      await shell.printError(menu);
      continue;
    }
    shell.variables.set(node.name.value, words[Number(reply) - 1] ?? '');
    if (!(await iterate(shell, node.body))) return shell.lastStatus;
  }
}

async function runCase(shell: Shell, node: Case, context: Context): Promise<number> {
  const text = await expandToText(shell, node.word);
  let falling = false;
  let code = 0;
  for (const item of node.items) {
    let hit = falling;
    for (const pattern of item.pattern) {
      if (hit) break;
      hit = matches(await expandToPattern(shell, pattern), text);
    }
    if (!hit) continue;
    const isFinal = item.terminator === undefined || item.terminator === ';;';
    code = await runList(shell, item.body, isFinal ? context : NOT_LAST);
    if (isFinal) return code;
    falling = item.terminator === ';&';
  }
  return code;
}

const MAX_FUNCTION_DEPTH = 400;

/** Calls a function with its own positional parameters and local scope. */
async function callFunction(
  shell: Shell,
  node: FunctionNode,
  source: string,
  args: readonly string[],
): Promise<number> {
  if (shell.functionDepth >= MAX_FUNCTION_DEPTH)
    return shell.fail(`${node.name.value}: maximum function nesting level exceeded (${MAX_FUNCTION_DEPTH})`, 1, true);
  const outer = { positional: shell.positional, source: shell.source, line: shell.line, loopDepth: shell.loopDepth };
  shell.positional = args.slice(1);
  shell.source = source;
  shell.loopDepth = 0;
  shell.functionDepth++;
  shell.variables.push();
  try {
    const { body } = node;
    return body.type === 'CompoundList' ? await runList(shell, body) : await runCommand(shell, body, NOT_LAST);
  } finally {
    shell.variables.pop();
    shell.functionDepth--;
    Object.assign(shell, outer);
  }
}
