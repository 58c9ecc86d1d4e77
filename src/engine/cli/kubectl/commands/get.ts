/**
 * kubectl get
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/get/get.go
 * @fidelity partial: no kustomize; a table is only printed when the server makes one
 */
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  CHUNK_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../flag-sets.ts';
import { GET_FORMATS, makePrinter } from '../print/output.ts';
import type { ObjectPrinter } from '../print/printer.ts';
import { sortObjects } from '../print/sorter.ts';
import { select } from '../resource/builder.ts';
import type { Session } from '../session.ts';
import { listObject, queryOf } from './get-query.ts';
import { getTables } from './get-table.ts';
import { getWatch } from './get-watch.ts';
import { rawRequest } from './raw.ts';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.string('raw') !== '') return getRaw(session);
  validate(session);
  const printer = makePrinter(session, GET_FORMATS);
  checkLabelColumns(session, printer);
  if (args.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '') {
    session.err(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw session.usage(
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  if (flags.bool('watch') || flags.bool('watch-only')) return getWatch(session, printer);
  if (printer) return getObjects(session, printer);
  return getTables(session);
}

function validate(session: Session): void {
  const { flags } = session;
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
    throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only');
  }
}

function checkLabelColumns(session: Session, printer: ObjectPrinter | undefined): void {
  const format = session.flags.string('output').split('=')[0];
  if (printer && session.flags.bool('show-labels'))
    throw new CommandError(`--show-labels option cannot be used with ${format} printer`);
}

async function getRaw(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0 || flags.list('filename').length > 0 || flags.bool('watch') || flags.bool('watch-only')) {
    throw new CommandError('arguments may not be passed when --raw is specified');
  }
  await rawRequest(session, 'GET', flags.string('raw'));
}

async function getObjects(session: Session, printer: ObjectPrinter): Promise<void> {
  const selection = await select(session, queryOf(session));
  const ignore = session.flags.bool('ignore-not-found');
  const errors = selection.errors.filter((error) => !(ignore && 'reason' in error && error.reason === 'NotFound'));
  if (selection.single && errors.length > 0) throwAll(errors);
  if (selection.infos.length === 0 && ignore) return throwAll(errors);
  const objects = sortObjects(
    session,
    selection.infos.map((info) => info.object ?? {}),
  );
  try {
    if (selection.single && objects.length === 1) session.out(printer(objects[0] ?? {}));
    else session.out(printer(listObject(objects)));
  } catch (error) {
    errors.push(asError(error));
  }
  throwAll(errors);
}

export const getCommand: Command = {
  name: 'get',
  group: 'Basic Commands (Intermediate)',
  short: 'Display one or many resources',
  long: `Show one or many resources as a table with their most important facts.

 What is not ready yet, or is going away, is shown too. With -o the objects themselves are printed instead of a table.`,
  examples: `# List all pods
kubectl get pods
# List one deployment with more columns
kubectl get deployment web -o wide
# Print a pod as YAML
kubectl get pod web-pod-13je7 -o yaml
# List deployments and services together
kubectl get deployments,services
# Print the phase of a pod only
kubectl get -o template pod/web-pod-13je7 --template={{.status.phase}}`,
  use: '[(-o|--output=)FORMAT] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    CHUNK_FLAG,
    { name: 'ignore-not-found', kind: 'bool', usage: 'What does not exist is no error.' },
    { name: 'label-columns', short: 'L', kind: 'strings', usage: 'Labels to show as columns.' },
    { name: 'no-headers', kind: 'bool', usage: 'Print no header.' },
    {
      name: 'output-watch-events',
      kind: 'bool',
      usage: 'Print the event (added, modified, deleted) with each object of a watch.',
    },
    { name: 'raw', kind: 'string', usage: 'A path to request from the server as it is.' },
    { name: 'server-print', kind: 'bool', default: 'true', usage: 'The server makes the table.' },
    { name: 'show-kind', kind: 'bool', usage: 'Put the kind before names.' },
    { name: 'show-labels', kind: 'bool', usage: 'Show all labels in the last column.' },
    { name: 'sort-by', kind: 'string', usage: 'A JSONPath expression to sort by.' },
    { name: 'subresource', kind: 'string', usage: 'Get this subresource of the object.' },
    { name: 'watch', short: 'w', kind: 'bool', usage: 'After listing, watch for changes.' },
    { name: 'watch-only', kind: 'bool', usage: 'Watch for changes without listing first.' },
  ],
  run,
};
