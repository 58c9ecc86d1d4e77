import { events } from '#engine/api';
import { useAge, useList } from '../../cluster/index.ts';
import { Status, toneOfStatus } from '../../design/index.ts';
import { useWords } from '../../session/index.ts';

interface EventsProps {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** What happened to it, the newest first, live. */
export function Events({ kind, name, namespace }: EventsProps) {
  const say = useWords();
  const { items, synced } = useList(events, {
    ...(namespace !== undefined && { namespace }),
    fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
  });
  if (!synced) return null;
  if (items.length === 0) return <p className="quiet">{say('noEvents')}</p>;
  const whenOf = ({ lastTimestamp, eventTime, metadata }: (typeof items)[number]): string =>
    lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
  const sorted = [...items].sort((a, b) => (whenOf(a) < whenOf(b) ? 1 : -1));
  return (
    <ol className="events">
      {sorted.map((event) => (
        <li key={event.metadata.name} data-tone={toneOfStatus(event.type ?? 'Normal')}>
          <Status tone={toneOfStatus(event.type ?? 'Normal') ?? 'idle'} text={event.reason ?? ''} />
          <span className="quiet event-when">
            <When since={whenOf(event)} />
            {(event.count ?? 1) > 1 && ` ×${event.count}`}
          </span>
          <p>{event.message}</p>
        </li>
      ))}
    </ol>
  );
}

function When({ since }: { readonly since: string }) {
  return useAge(since);
}
