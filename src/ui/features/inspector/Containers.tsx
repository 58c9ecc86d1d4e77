/** A Pod's containers: what they run, how they are, what they ask for, how they are asked. */
import type { Container, ContainerStatus, Pod, Probe } from '#engine/api';
import { Status, type Tone } from '../../design/index.ts';
import { useInspectorWords } from './words/use-words.ts';

export function Containers({ pod }: { readonly pod: Pod }) {
  const say = useInspectorWords();
  const { initContainers = [], containers } = pod.spec;
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
  const list = (title: string, all: readonly Container[], statuses: readonly ContainerStatus[]) =>
    all.length > 0 && (
      <>
        <h3>{title}</h3>
        <ul className="containers">
          {all.map((container) => (
            <One
              key={container.name}
              container={container}
              status={statuses.find(({ name }) => name === container.name)}
            />
          ))}
        </ul>
      </>
    );
  return (
    <>
      {list(say('initContainers'), initContainers, initContainerStatuses)}
      {list(say('containers'), containers, containerStatuses)}
    </>
  );
}

type State = NonNullable<ContainerStatus['state']>;

function stateOf(state: State | undefined, ready: boolean): { readonly tone: Tone; readonly text: string } {
  if (state?.running) return { tone: ready ? 'good' : 'busy', text: ready ? 'Running' : 'Running, not ready' };
  if (state?.terminated) {
    const { exitCode, reason } = state.terminated;
    return { tone: exitCode === 0 ? 'idle' : 'bad', text: `${reason ?? 'Terminated'} (${exitCode})` };
  }
  const reason = state?.waiting?.reason ?? 'Waiting';
  return { tone: /Err|BackOff|Invalid/.test(reason) ? 'bad' : 'busy', text: reason };
}

const pairs = (quantities: { readonly [name: string]: string } | undefined): string =>
  Object.entries(quantities ?? {})
    .map(([name, quantity]) => `${name} ${quantity}`)
    .join(', ');

/** `http-get :8080/ready every 10 s` */
function probeText({ httpGet, tcpSocket, exec, grpc, periodSeconds = 10 }: Probe): string {
  const what = httpGet
    ? `http-get :${httpGet.port}${httpGet.path ?? '/'}`
    : tcpSocket
      ? `tcp :${tcpSocket.port}`
      : grpc
        ? `grpc :${grpc.port}`
        : `exec ${exec?.command?.join(' ') ?? ''}`;
  return `${what} / ${periodSeconds}s`;
}

function One({ container, status }: { readonly container: Container; readonly status: ContainerStatus | undefined }) {
  const say = useInspectorWords();
  const { name, image, ports = [], resources } = container;
  const now = stateOf(status?.state, status?.ready ?? false);
  const last = status?.lastState?.terminated && stateOf(status.lastState, false);
  const probes = (['startup', 'readiness', 'liveness'] as const).flatMap((kind) => {
    const probe = container[`${kind}Probe`];
    return probe ? [`${kind}: ${probeText(probe)}`] : [];
  });
  const facts: readonly (readonly [string, string])[] = [
    [say('image'), image ?? ''],
    [
      say('ports'),
      ports
        .map(
          ({ name: port, containerPort, protocol }) => `${port ? `${port} ` : ''}${containerPort}/${protocol ?? 'TCP'}`,
        )
        .join(', '),
    ],
    [say('requests'), pairs(resources?.requests)],
    [say('limits'), pairs(resources?.limits)],
    [say('probes'), probes.join('; ')],
  ];
  return (
    <li>
      <p className="container-head">
        <b>{name}</b>
        <Status tone={now.tone} text={now.text} />
        {(status?.restartCount ?? 0) > 0 && (
          <span className="quiet">{say('restarts', { count: status?.restartCount ?? 0 })}</span>
        )}
      </p>
      <dl className="facts">
        {last && (
          <div>
            <dt>{say('lastState')}</dt>
            <dd>
              <Status tone={last.tone} text={last.text} />
            </dd>
          </div>
        )}
        {facts
          .filter(([, value]) => value !== '')
          .map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
      </dl>
    </li>
  );
}
