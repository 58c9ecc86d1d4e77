/**
 * What the create subcommands share: one name, an object in the order of the Go struct, a POST.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/create/create.go
 */
import { StatusError } from '#engine/apimachinery';
import { dryRunOf, fieldValidationOf, resultPrinter, withLastApplied, writeQuery } from '../../act.ts';
import type { Command } from '../../cobra/command.ts';
import type { FlagSpec } from '../../cobra/flags.ts';
import { asError, CommandError } from '../../errors.ts';
import { DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS, SAVE_CONFIG_FLAG, VALIDATE_FLAG } from '../../flag-sets.ts';
import type { Session } from '../../session.ts';
import type { JsonObject } from '../../text/json.ts';

export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  readonly use: string;
  readonly examples: string;
  readonly flags?: readonly FlagSpec[];
  /** `/api/v1/namespaces/x/configmaps`, given the namespace. */
  readonly path: (namespace: string) => string;
  /** False for cluster-scoped kinds. */
  readonly namespaced: boolean;
  /** Errors of the server are told as `failed to create <what>: …`; '' leaves them as they are. */
  readonly what: string;
  /** The object, its fields in the order of the Go struct; the namespace is put in by the caller. */
  readonly generate: (session: Session, name: string) => JsonObject | Promise<JsonObject>;
}

const GENERATE_FLAGS: readonly FlagSpec[] = [
  ...PRINT_FLAGS,
  DRY_RUN_FLAG,
  VALIDATE_FLAG,
  SAVE_CONFIG_FLAG,
  fieldManagerFlag('kubectl-create'),
];

/** The one NAME among the arguments before `--`. */
export function oneName(session: Session): string {
  const names = session.argsBeforeDash < 0 ? session.args : session.args.slice(0, session.argsBeforeDash);
  if (names.length !== 1) throw session.usage(`exactly one NAME is required, got ${names.length}`);
  return names[0] as string;
}

export function generatorCommand(generator: Generator): Command {
  return {
    name: generator.name,
    ...(generator.aliases && { aliases: generator.aliases }),
    short: generator.short,
    use: generator.use,
    examples: generator.examples,
    flags: [...(generator.flags ?? []), ...GENERATE_FLAGS],
    run: (session) => runGenerator(session, generator),
  };
}

async function runGenerator(session: Session, generator: Generator): Promise<void> {
  const name = oneName(session);
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const validation = fieldValidationOf(session);
  const namespace = session.namespace();
  const generated = await generator.generate(session, name);
  const placed = generator.namespaced && namespace.enforced ? withNamespace(generated, namespace.name) : generated;
  const object = session.flags.bool('save-config') ? withLastApplied(placed, true) : placed;
  if (dryRun === 'client') return print(object, 'created', true);
  const path = generator.path(namespace.name);
  let created: JsonObject;
  try {
    created = (await session
      .rest()
      .json('POST', path, { body: object, query: writeQuery(session, dryRun, validation) })) as JsonObject;
  } catch (error) {
    throw generator.what === '' ? asError(error) : wrap(`failed to create ${generator.what}: `, asError(error));
  }
  print(created, 'created');
}

/** The same message as a plain error: what upstream's fmt.Errorf makes of a Status. */
export const wrap = (prefix: string, error: Error): Error =>
  error instanceof StatusError ? new CommandError(prefix + error.message) : new CommandError(prefix + error.message);

export function withNamespace(object: JsonObject, namespace: string): JsonObject {
  const { name, generateName, ...rest } = object.metadata as JsonObject;
  return {
    ...object,
    metadata: {
      ...(name !== undefined && { name }),
      ...(generateName !== undefined && { generateName }),
      namespace,
      ...rest,
    },
  };
}
