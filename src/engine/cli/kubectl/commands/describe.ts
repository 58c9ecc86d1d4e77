/**
 * kubectl describe
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/describe/describe.go
 * @fidelity partial: kinds that are not served yet have no describer of their own
 */
import { isNotFound } from '#engine/apimachinery';
import type { Command } from '../cobra/command.ts';
import { describeObject } from '../describe/describe.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, CHUNK_FLAG, FILE_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { type Query, select } from '../resource/builder.ts';
import { listAll } from '../resource/fetch.ts';
import { type Info, infoFor } from '../resource/info.ts';
import type { Session } from '../session.ts';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  const files = flags.list('filename');
  if (args.length === 0 && files.length === 0 && flags.string('kustomize') === '') {
    session.err(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw session.usage(
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  const query: Query = {
    args,
    filenames: files,
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    labelSelector: flags.string('selector'),
    selectAllWithoutName: true,
    allNamespaces: flags.bool('all-namespaces'),
  };
  const selection = await select(session, query);
  if (
    selection.errors.length > 0 &&
    selection.errors.every(isNotFound) &&
    args.length === 2 &&
    !args[0]?.includes(',')
  ) {
    return describePrefix(session, args[0] as string, args[1] as string, selection.errors);
  }
  const errors = [...selection.errors];
  await describeAll(session, selection.infos, errors);
  if (selection.infos.length === 0 && errors.length === 0)
    session.err(
      nothingFound(
        session,
        selection.resources.some((one) => one.namespaced),
      ),
    );
  throwAll(errors);
}

function nothingFound(session: Session, namespaced: boolean): string {
  return namespaced && !session.flags.bool('all-namespaces')
    ? `No resources found in ${session.namespace().name} namespace.\n`
    : 'No resources found\n';
}

/** No such name: everything whose name begins like it. */
async function describePrefix(
  session: Session,
  type: string,
  prefix: string,
  notFound: readonly Error[],
): Promise<void> {
  const mapper = await session.mapper();
  const { resource } = mapper.lookup(type);
  const list = await listAll(session, resource, session.namespace().name, {
    chunkSize: session.flags.int('chunk-size'),
  });
  const infos = list.items.map((object) => infoFor(mapper, object)).filter((info) => info.name.startsWith(prefix));
  if (infos.length === 0) throwAll(notFound);
  const showEvents = session.flags.bool('show-events');
  // Here each description has a line of its own after it.
  for (const info of infos) session.out(`${await describeOne(session, info, showEvents)}\n`);
  await session.flush();
}

async function describeOne(session: Session, info: Info, showEvents: boolean): Promise<string> {
  if (!info.object) throw new CommandError(`no object for ${info.name}`);
  const context = { session, showEvents, chunkSize: session.flags.int('chunk-size') };
  return describeObject(context, info.resource, info.object);
}

async function describeAll(session: Session, infos: readonly Info[], errors: Error[]): Promise<void> {
  const showEvents = session.flags.bool('show-events') && infos.length <= 1;
  let first = true;
  for (const info of infos) {
    try {
      const text = await describeOne(session, info, showEvents);
      session.out(first ? text : `\n\n${text}`);
      first = false;
    } catch (error) {
      errors.push(asError(error));
    }
    await session.flush();
  }
}

export const describeCommand: Command = {
  name: 'describe',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Show details of a specific resource or group of resources',
  long: `Show the details of resources, with what belongs to them: events, pods, replica sets.

 A name that does not exist stands for all names that begin with it.`,
  examples: `# A node
kubectl describe nodes kubernetes-node-emt8.c.myproject.internal
# A pod
kubectl describe pods/nginx
# All pods with a label
kubectl describe pods -l name=myLabel`,
  use: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    CHUNK_FLAG,
    { name: 'show-events', kind: 'bool', default: 'true', usage: 'Show the events of the object.' },
  ],
  run,
};
