/** What can be broken about one Pod, and about one Node. */
import { pods } from '#engine/api';
import { useObject } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import type { ObjectReference } from '../../session/index.ts';
import { Section } from './Section.tsx';
import { useBreak, useFaults } from './use-faults.ts';
import { useFaultWords } from './words/use-words.ts';

export function PodFaults({ reference: { namespace = '', name } }: { readonly reference: ObjectReference }) {
  const say = useFaultWords();
  const submit = useBreak();
  const { object: pod } = useObject(pods, { namespace, name });
  if (!pod) return null;
  const running = (pod.status.containerStatuses ?? []).filter(({ state }) => state?.running);
  const images = [...new Set(pod.spec.containers.map(({ image = '' }) => image))];
  const component = pod.metadata.labels?.tier === 'control-plane';
  return (
    <>
      <Section title={say('container')}>
        <div className="fault-buttons">
          {running.map(({ name: container }) => (
            <Button
              key={container}
              look="danger"
              onClick={() => void submit({ do: 'container.kill', namespace, pod: name, container })}
            >
              {say('kill', { container })}
            </Button>
          ))}
        </div>
        <p className="quiet">{say(component ? 'killComponent' : 'killText')}</p>
      </Section>
      <Section title={say('images')}>
        <div className="fault-buttons">
          {images.map((image) => (
            <Button key={image} look="danger" onClick={() => void submit({ do: 'image.unavailable', image })}>
              {say('makeUnavailable', { image })}
            </Button>
          ))}
        </div>
        <p className="quiet">{say('unavailableText')}</p>
      </Section>
    </>
  );
}

const HOUR_MS = 3_600_000;

export function NodeFaults({ name: node }: { readonly name: string }) {
  const say = useFaultWords();
  const submit = useBreak();
  const faults = useFaults();
  const has = (act: string) => faults.some(({ fault }) => fault.do === act && 'node' in fault && fault.node === node);
  const off = has('node.crash');
  const full = has('disk.fill');
  return (
    <>
      <Section title={say('node')}>
        <div className="fault-buttons">
          {off ? (
            <Button onClick={() => void submit({ do: 'node.recover', node })}>{say('recover')}</Button>
          ) : (
            <Button look="danger" onClick={() => void submit({ do: 'node.crash', node })}>
              {say('crash')}
            </Button>
          )}
          <Button look="danger" onClick={() => void submit({ do: 'node.remove', node })}>
            {say('remove')}
          </Button>
        </div>
        <p className="quiet">{say('crashText')}</p>
        <p className="quiet">{say('removeText')}</p>
      </Section>
      <Section title={say('disk')}>
        <div className="fault-buttons">
          <Button
            {...(!full && { look: 'danger' as const })}
            onClick={() => void submit({ do: full ? 'disk.free' : 'disk.fill', node })}
          >
            {say(full ? 'free' : 'fill')}
          </Button>
        </div>
        <p className="quiet">{say('fillText')}</p>
      </Section>
      <Section title={say('clock')}>
        <div className="fault-buttons">
          <Button look="danger" onClick={() => void submit({ do: 'clock.skew', node, skewMs: HOUR_MS })}>
            {say('ahead')}
          </Button>
          <Button look="danger" onClick={() => void submit({ do: 'clock.skew', node, skewMs: -HOUR_MS })}>
            {say('behind')}
          </Button>
        </div>
      </Section>
    </>
  );
}
