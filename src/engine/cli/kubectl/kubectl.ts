/**
 * kubectl as a program.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/cmd.go
 * @fidelity partial: proxy, port-forward, debug, kustomize, plugins and completion are refused; help texts are our own
 */
import { compareText, StatusError } from '#engine/apimachinery';
import { BrokenPipe } from '#engine/http';
import type { Process, Program } from '#engine/os';
import { type CommandPath, pathName } from './cobra/command.ts';
import { type Found, findCommand, suggestions } from './cobra/find.ts';
import { FlagError, FlagSet } from './cobra/flags.ts';
import { renderHelp } from './cobra/help.ts';
import { parseLine } from './cobra/parse.ts';
import { ROOT } from './commands/root.ts';
import { runCompletion } from './complete/complete.ts';
import { asError, CommandError, describeError, ExitError, PrintError } from './errors.ts';
import { GLOBAL_FLAGS, HELP_FLAG } from './flag-sets.ts';
import { Session } from './session.ts';
import { commandHeaders } from './telemetry.ts';

const encoder = new TextEncoder();
const SIGPIPE_CODE = 141;

export const kubectl: Program = async (process) => {
  try {
    return await runLine(process, process.argv.slice(1));
  } catch (error) {
    if (error instanceof BrokenPipe) return SIGPIPE_CODE;
    throw error;
  }
};

async function runLine(process: Process, line: readonly string[]): Promise<number> {
  if (line[0] === '__complete' || line[0] === '__completeNoDesc') return runCompletion(process, line);
  const found = findCommand(ROOT, line, GLOBAL_FLAGS);
  const words = line[0] === 'help' ? helpLine(line.slice(1)) : undefined;
  const target = words ? findCommand(ROOT, words, GLOBAL_FLAGS) : found;
  if (words) return print(process, 'stdout', renderHelp(target), 0);
  return runFound(process, found);
}

const helpLine = (words: readonly string[]): readonly string[] => words.filter((word) => !word.startsWith('-'));

async function print(process: Process, stream: 'stdout' | 'stderr', text: string, code: number): Promise<number> {
  if (text !== '') await process[stream].write(encoder.encode(text));
  return code;
}

async function runFound(process: Process, found: Found): Promise<number> {
  const { command } = found;
  const flags = new FlagSet([...(command.flags ?? []), HELP_FLAG, ...GLOBAL_FLAGS]);
  let parsed: ReturnType<typeof parseLine>;
  try {
    parsed = parseLine(flags, found.rest);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return print(process, 'stderr', `error: ${error.message}\nSee '${pathName(found)} --help' for usage.\n`, 1);
  }
  if (flags.bool('help')) return print(process, 'stdout', renderHelp(found), 0);
  for (const notice of flags.notices) await print(process, 'stderr', `${notice}\n`, 0);
  const telemetry = commandHeaders(process, found);
  const session = new Session(process, () => renderHelp(found), flags, parsed.args, parsed.argsBeforeDash, telemetry);
  if (!command.run) return runGroup(process, found, session);
  try {
    checkRequired(found, flags);
    checkProfile(flags);
    await command.run(session);
    session.checkWarnings();
    await session.flush();
    return 0;
  } catch (error) {
    return fail(session, found, asError(error));
  }
}

async function fail(session: Session, path: CommandPath, error: Error): Promise<number> {
  if (error instanceof BrokenPipe) throw error;
  if (!(error instanceof Error) || isPanic(error)) throw error;
  if (error instanceof PrintError) session.out(error.printed);
  const described = describeError(error, `See '${pathName(path)} -h' for help and examples`);
  session.err(described.text);
  await session.flush();
  return described.code;
}

/** A fault of this program, not of the user: it crashes. */
const isPanic = (error: Error): boolean =>
  !(error instanceof StatusError || error instanceof ExitError) &&
  (error instanceof TypeError || error instanceof ReferenceError);

/** A command that only has subcommands: its help, or a word about the unknown one. */
async function runGroup(process: Process, found: Found, session: Session): Promise<number> {
  const [first] = session.args;
  if (found.path.length === 1) {
    if (first === undefined) return print(process, 'stdout', renderHelp(found), 0);
    const close = suggestions(ROOT, first);
    const hint = close.length > 0 ? `\n\nDid you mean this?\n${close.map((name) => `\t${name}\n`).join('')}` : '';
    return print(process, 'stderr', `error: unknown command ${JSON.stringify(first)} for "kubectl"${hint}\n`, 1);
  }
  if (found.command.helpAlone) return print(process, 'stdout', renderHelp(found), 0);
  if (first === undefined) return print(process, 'stderr', renderHelp(found), 1);
  const words = session.args.join(' ');
  return fail(session, found, session.usage(`unknown command ${JSON.stringify(words)}`));
}

function checkRequired(found: Found, flags: FlagSet): void {
  const missing = (found.command.flags ?? [])
    .filter((flag) => flag.required && !flags.changed(flag.name))
    .map((flag) => `"${flag.name}"`);
  if (missing.length > 0) throw new CommandError(`required flag(s) ${missing.sort(compareText).join(', ')} not set`);
}

function checkProfile(flags: FlagSet): void {
  const profile = flags.string('profile');
  if (profile !== 'none') throw new CommandError(`unknown profile '${profile}'`);
}
