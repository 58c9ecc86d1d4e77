/**
 * `kubectl __complete …`: what Tab offers, one candidate per line, then a directive.
 * @upstream github.com/spf13/cobra/completions.go
 * @fidelity partial: no ActiveHelp
 */
import type { Process } from '#engine/os';
import { type Found, findCommand } from '../cobra/find.ts';
import { FlagError, FlagSet, type FlagSpec } from '../cobra/flags.ts';
import { type ParsedLine, parseLine, wordsWithoutFlags } from '../cobra/parse.ts';
import { ROOT } from '../commands/root.ts';
import { GLOBAL_FLAGS, HELP_FLAG } from '../flag-sets.ts';
import { Session } from '../session.ts';
import { argumentsOf } from './arguments.ts';
import { flagValues } from './flag-values.ts';
import { type Candidate, NO_FILES, NO_SPACE, NOTHING, type Offer } from './offer.ts';

/** @param line the words after `kubectl`; the last is the one that is being typed, perhaps empty */
async function completeLine(process: Process, line: readonly string[]): Promise<Offer> {
  const typed = line.at(-1) ?? '';
  const before = line.slice(0, -1);
  const found = findCommand(ROOT, before, GLOBAL_FLAGS);
  const flags = new FlagSet([...(found.command.flags ?? []), HELP_FLAG, ...GLOBAL_FLAGS]);
  if (before.includes('--')) return NOTHING;
  const waiting = flagWaiting(flags, before.at(-1));
  const { args } = parseUpTo(flags, waiting ? found.rest.slice(0, -1) : found.rest);
  const session = new Session(process, () => '', flags, args, -1);
  const path = found.path.slice(1).map(({ name }) => name);
  if (waiting) return matching(await flagValues(session, path, waiting.name, typed, args), typed);
  const equals = /^(?:--([\w-]+)=|-(\w)=?)(.*)$/.exec(typed);
  if (equals) {
    const spec = equals[1] ? flags.lookup(equals[1]) : flags.lookupShort(equals[2] ?? '');
    const value = equals[3] ?? '';
    if (spec && takesValue(spec) && (equals[1] || value !== '')) {
      const head = typed.slice(0, typed.length - value.length);
      return matching(prefixed(head, await flagValues(session, path, spec.name, value, args)), typed);
    }
  }
  if (typed.startsWith('-')) return flagNames(flags, typed);
  return matching(await operands(session, found, path, typed), typed);
}

async function operands(session: Session, { command }: Found, path: readonly string[], typed: string): Promise<Offer> {
  const { args } = session;
  const subcommands: readonly Candidate[] =
    args.length > 0
      ? []
      : (command.subcommands ?? [])
          .filter(({ hidden }) => !hidden)
          .map(({ name, short }) => ({ text: name, description: short }));
  if (path.length === 0) {
    const more = [...subcommands, { text: 'help', description: 'Help about any command' }];
    return { candidates: more, directive: NO_FILES };
  }
  const own = await argumentsOf(path)(session, args, typed);
  // `apply` and `rollout` have arguments only below: their own are words of the table.
  if (subcommands.length > 0 && !command.run) return { candidates: subcommands, directive: NO_FILES };
  return { candidates: [...subcommands, ...own.candidates], directive: own.directive };
}

const takesValue = (spec: FlagSpec): boolean => spec.kind !== 'bool' && spec.noValue === undefined;

/** The flag whose value the next word is. */
function flagWaiting(flags: FlagSet, last: string | undefined): FlagSpec | undefined {
  if (last === undefined || !last.startsWith('-') || last.includes('=')) return undefined;
  const spec = last.startsWith('--') ? flags.lookup(last.slice(2)) : flags.lookupShort(last.at(-1) ?? '');
  return spec && takesValue(spec) ? spec : undefined;
}

/** Flags that are unknown or unfinished do not keep the rest from being understood. */
function parseUpTo(flags: FlagSet, words: readonly string[]): ParsedLine {
  try {
    return parseLine(flags, words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { args: wordsWithoutFlags(flags, words).map(({ word }) => word), argsBeforeDash: -1 };
  }
}

function flagNames(flags: FlagSet, typed: string): Offer {
  const shown = flags.all().filter((spec) => !spec.hidden && !spec.deprecated && !used(flags, spec));
  const long = shown.map((spec): Candidate => ({ text: `--${spec.name}`, description: spec.usage }));
  const short = shown.filter((spec) => spec.short).map((spec) => ({ text: `-${spec.short}`, description: spec.usage }));
  const all = typed === '-' ? [...long, ...short] : long;
  const sorted = all.toSorted((a, b) => (a.text < b.text ? -1 : 1));
  return matching({ candidates: sorted, directive: NO_FILES }, typed);
}

/** Given already, and not the sort that may be repeated. */
const used = (flags: FlagSet, { name, kind }: FlagSpec): boolean =>
  flags.changed(name) && !['strings', 'stringArray', 'stringToString'].includes(kind);

const prefixed = (head: string, { candidates, directive }: Offer): Offer => ({
  candidates: candidates.map((candidate) => ({ ...candidate, text: head + candidate.text })),
  directive,
});

/** Extensions of files are no candidates to match. */
const matching = (found: Offer, typed: string): Offer =>
  found.directive & ~(NO_FILES | NO_SPACE)
    ? found
    : { ...found, candidates: found.candidates.filter(({ text }) => text.startsWith(typed)) };

/** `__complete` with descriptions, `__completeNoDesc` without. */
export async function runCompletion(process: Process, line: readonly string[]): Promise<number> {
  const [name, ...words] = line;
  const { candidates, directive } = await completeLine(process, words);
  const lines = candidates.map(({ text, description }) =>
    name === '__complete' && description ? `${text}\t${description}` : text,
  );
  const encoder = new TextEncoder();
  await process.stdout.write(encoder.encode(`${[...lines, `:${directive}`].join('\n')}\n`));
  await process.stderr.write(encoder.encode(`Completion ended with directive: ${directiveName(directive)}\n`));
  return 0;
}

const DIRECTIVES: readonly (readonly [number, string])[] = [
  [1, 'ShellCompDirectiveError'],
  [2, 'ShellCompDirectiveNoSpace'],
  [4, 'ShellCompDirectiveNoFileComp'],
  [8, 'ShellCompDirectiveFilterFileExt'],
];

function directiveName(directive: number): string {
  const names = DIRECTIVES.filter(([bit]) => directive & bit).map(([, word]) => word);
  return names.length > 0 ? names.join(', ') : 'ShellCompDirectiveDefault';
}
