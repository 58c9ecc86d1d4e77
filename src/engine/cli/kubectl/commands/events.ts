/**
 * kubectl events
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/events/events.go
 * @fidelity full
 */
import type { CoreV1Event } from '#engine/api';
import type { Command } from '../cobra/command.ts';
import { list } from '../describe/context.ts';
import { DescriptionWriter } from '../describe/writer.ts';
import { asError, BareError, CommandError } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, CHUNK_FLAG, PRINT_FLAGS } from '../flag-sets.ts';
import { makePrinter } from '../print/output.ts';
import { lookup } from '../resource/builder.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';
import { watchEvents } from '../watch.ts';

const timeOf = (event: CoreV1Event): string =>
  event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? '';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw session.usage(`unknown command ${JSON.stringify(args.join(' '))}`);
  const everywhere = flags.bool('all-namespaces');
  const namespace = everywhere ? '' : session.namespace().name;
  const fieldSelector = await forSelector(session);
  const types = flags.list('types').map((type) => type.toLowerCase());
  if (types.some((type) => type !== 'normal' && type !== 'warning'))
    throw new CommandError('valid --types are Normal or Warning');
  const printer = makePrinter(session);
  const context = { session, showEvents: false, chunkSize: flags.int('chunk-size') };
  const all = (await list(
    context,
    'events',
    namespace,
    fieldSelector ? { fieldSelector } : {},
  )) as unknown as readonly CoreV1Event[];
  const wanted = (event: CoreV1Event) => types.length === 0 || types.includes((event.type ?? '').toLowerCase());
  const found = all.filter(wanted).sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  if (printer) {
    session.out(
      printer({
        apiVersion: 'v1',
        items: found as unknown as readonly JsonObject[],
        kind: 'List',
        metadata: { resourceVersion: '' },
      }),
    );
    return;
  }
  const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
  if (found.length === 0 && !flags.bool('watch')) {
    session.err(everywhere ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
    return;
  }
  if (!flags.bool('no-headers'))
    writer.print(`${everywhere ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`);
  for (const event of found) writer.print(row(session, event, everywhere));
  writer.flush();
  if (!flags.bool('watch')) return;
  await session.flush();
  const mapper = await session.mapper();
  const { resource } = mapper.lookup('events');
  await watchEvents(
    session,
    resourceUrl(resource, namespace),
    { query: { fieldSelector: fieldSelector || undefined } },
    async ({ type, object }) => {
      const event = object as unknown as CoreV1Event;
      if (type === 'ADDED' && wanted(event)) {
        writer.print(row(session, event, everywhere));
        writer.flush();
        await session.flush();
      }
      return false;
    },
  );
}

async function forSelector(session: Session): Promise<string> {
  const target = session.flags.string('for');
  if (target === '') return '';
  const [type, name, ...rest] = target.split('/');
  if (!type || !name || rest.length > 0) throw new CommandError(`--for must be in resource/name form`);
  const resource = await resourceOf(session, type);
  return `involvedObject.kind=${resource.kind},involvedObject.name=${name}`;
}

/** An unknown type is told without `error: `, as upstream does here. */
async function resourceOf(session: Session, type: string): Promise<ApiResource> {
  const mapper = await session.mapper();
  try {
    return lookup(session, mapper, type);
  } catch (error) {
    throw new BareError(asError(error).message);
  }
}

function row(session: Session, event: CoreV1Event, everywhere: boolean): string {
  const w = new DescriptionWriter(session.process.clock.now());
  const first = w.since(event.eventTime ?? event.firstTimestamp);
  const seen = event.series
    ? `${w.since(event.series.lastObservedTime)} (x${event.series.count} over ${first})`
    : (event.count ?? 0) > 1
      ? `${w.since(event.lastTimestamp)} (x${event.count} over ${first})`
      : first;
  const cells = [
    seen,
    event.type ?? '',
    event.reason ?? '',
    `${event.involvedObject.kind}/${event.involvedObject.name}`,
    (event.message ?? '').trim(),
  ];
  return `${(everywhere ? [event.metadata.namespace ?? '', ...cells] : cells).join('\t')}\n`;
}

export const eventsCommand: Command = {
  name: 'events',
  group: 'Troubleshooting and Debugging Commands',
  short: 'List events',
  examples: `# In this namespace
kubectl events
# About one pod, as they come
kubectl events --for pod/web-pod-13je7 --watch`,
  use: '[(-o|--output=)json|yaml|name] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  flags: [
    ...PRINT_FLAGS,
    ALL_NAMESPACES_FLAG,
    CHUNK_FLAG,
    { name: 'for', kind: 'string', usage: 'Only events about this object.' },
    { name: 'no-headers', kind: 'bool', usage: 'Print no header.' },
    { name: 'types', kind: 'strings', usage: 'Only events of these types.' },
    { name: 'watch', short: 'w', kind: 'bool', usage: 'After listing, watch for more.' },
  ],
  run,
};
