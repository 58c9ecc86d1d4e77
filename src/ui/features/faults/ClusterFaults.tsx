/** What can be done to the cluster as a whole. */
import { type FormEvent, useState } from 'react';
import { nodes, pods } from '#engine/api';
import { useList } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import { notify } from '../../session/index.ts';
import { Section } from './Section.tsx';
import { useBreak } from './use-faults.ts';
import { useFaultWords } from './words/use-words.ts';

/** Those whose absence shows. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'daemonset-controller',
  'statefulset-controller',
  'replicationcontroller-controller',
  'job-controller',
  'cronjob-controller',
  'horizontal-pod-autoscaler-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'node-lifecycle-controller',
  'taint-eviction-controller',
  'pod-garbage-collector-controller',
  'serviceaccount-controller',
];

export function ClusterFaults() {
  const say = useFaultWords();
  const submit = useBreak();
  const [controller, setController] = useState(CONTROLLERS[0] as string);
  return (
    <>
      <Section title={say('controllers')}>
        <div className="fault-buttons">
          <select
            className="field"
            aria-label={say('controller')}
            value={controller}
            onChange={(event) => setController(event.target.value)}
          >
            {CONTROLLERS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <Button look="danger" onClick={() => void submit({ do: 'controller.pause', controller })}>
            {say('pause')}
          </Button>
        </div>
        <p className="quiet">{say('pauseText')}</p>
      </Section>
      <Section title={say('cluster')}>
        <AddNode />
        <Chaos />
      </Section>
    </>
  );
}

function AddNode() {
  const say = useFaultWords();
  const submit = useBreak();
  const { items } = useList(nodes);
  const names = new Set(items.map(({ metadata }) => metadata.name));
  let next = 1;
  while (names.has(`node-${next}`)) next++;
  const [name, setName] = useState<string>();
  const add = (event: FormEvent) => {
    event.preventDefault();
    void submit({ do: 'node.add', node: name || `node-${next}` });
    setName(undefined);
  };
  return (
    <form className="fault-buttons" onSubmit={add}>
      <input
        className="field"
        aria-label={say('nodeName')}
        pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
        maxLength={60}
        value={name ?? `node-${next}`}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit">{say('addNode')}</Button>
    </form>
  );
}

function Chaos() {
  const say = useFaultWords();
  const submit = useBreak();
  const { items } = useList(pods);
  const strike = () => {
    const running = items.filter(
      ({ metadata, status }) =>
        metadata.namespace !== 'kube-system' && status.containerStatuses?.some(({ state }) => state?.running),
    );
    const victim = running[Math.floor(Math.random() * running.length)];
    if (!victim) {
      notify({ tone: 'good', title: say('chaos'), text: say('nobody') });
      return;
    }
    const { namespace = '', name } = victim.metadata;
    void submit({ do: 'container.kill', namespace, pod: name }).then(() =>
      notify({ tone: 'good', title: say('chaos'), text: say('killed', { name }) }),
    );
  };
  return (
    <>
      <div className="fault-buttons">
        <Button look="danger" onClick={strike}>
          {say('chaos')}
        </Button>
      </div>
      <p className="quiet">{say('chaosText')}</p>
    </>
  );
}
