/** What is wrong with a Pod, in the order in which it would have to be put right. */
import { type Container, type ContainerStatus, configMaps, events, nodes, type Pod, pods, secrets } from '#engine/api';
import { type CycleExplanation, type KubeletTraces, suggestImage } from '#engine/cluster';
import type { Placement } from '#engine/cluster/placement';
import { conditionOf } from './conditions.ts';
import type { Finding, Fix, Subject } from './explanation.ts';
import { commandsFor } from './fix-commands.ts';
import { type Scene, subjectOf } from './scene.ts';

/** Where a waiting Pod would fit; computed only when it is asked for. */
export type Place = (pod: Pod) => Placement;

type Found = Omit<Finding, 'tone' | 'fixes' | 'params'> & Partial<Finding>;
const finding = (found: Found): Finding => ({ tone: 'bad', fixes: [], params: {}, ...found });

const statusesOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status.initContainerStatuses ?? []),
  ...(status.containerStatuses ?? []),
];

const containersOf = ({ spec }: Pod): readonly Container[] => [...(spec.initContainers ?? []), ...spec.containers];

export function podFindings(scene: Scene, pod: Pod, place: Place): readonly Finding[] {
  const { status, spec, metadata } = pod;
  const about = subjectOf(pods, pod);
  if (metadata.deletionTimestamp !== undefined) return [terminating(scene, pod, about)];
  if (status.phase === 'Failed') return [failed(pod, about)];
  if (status.phase === 'Succeeded') return [];
  if (!spec.nodeName) return [unplaced(scene, pod, about, place)];
  const silent = silentNode(scene, pod);
  const found = statusesOf(pod).flatMap((container) => containerFinding(scene, pod, container, about) ?? []);
  if (silent) return [silent, ...found];
  if (found.length > 0) return found;
  if (conditionOf(pod, 'Ready')?.status === 'True') return [];
  return [notReady(scene, pod, about)];
}

/** No Node yet. */
function unplaced(scene: Scene, pod: Pod, about: Subject, place: Place): Finding {
  const gates = pod.spec.schedulingGates ?? [];
  if (gates.length > 0) {
    const names = gates.map(({ name }) => name).join(', ');
    return finding({ code: 'gated', tone: 'warn', params: { gates: names }, about });
  }
  const message = conditionOf(pod, 'PodScheduled')?.message;
  const cycle = scene.traces(about).findLast(({ type }) => type === 'scheduler.cycle');
  if (!message && !cycle) {
    const scheduler = pod.spec.schedulerName ?? 'default-scheduler';
    const own = scheduler === 'default-scheduler';
    return finding({
      code: 'no-scheduler',
      tone: 'warn',
      params: { scheduler },
      about,
      fixes: own
        ? [
            {
              code: 'look-at-scheduler',
              params: {},
              command: 'kubectl get pods -n kube-system -l component=kube-scheduler',
            },
          ]
        : [{ code: 'scheduler-name', params: { scheduler } }],
    });
  }
  const { counterfactuals, evaluation } = place(pod);
  const text = message ?? (cycle?.detail as CycleExplanation | undefined)?.facts.message;
  return finding({
    code: 'unschedulable',
    params: { nodes: evaluation.nodes.length },
    about,
    message: text,
    fixes: counterfactuals.map(({ changes, nodes: where }): Fix => {
      const [command] = commandsFor(pod, changes);
      return {
        code: 'changes',
        params: { nodes: where.join(', ') },
        changes,
        ...(command !== undefined && { command }),
      };
    }),
  });
}

/** The last event of a type about one container. */
function lastOf<T extends keyof KubeletTraces>(
  scene: Scene,
  about: Subject,
  type: T,
  matches: (detail: KubeletTraces[T]) => boolean,
): KubeletTraces[T] | undefined {
  const event = scene.traces(about).findLast((one) => one.type === type && matches(one.detail as KubeletTraces[T]));
  return event?.detail as KubeletTraces[T] | undefined;
}

const secondsUntil = (scene: Scene, instant: number | undefined): number =>
  instant === undefined ? 0 : Math.max(0, Math.round((instant - scene.at) / 1000));

function containerFinding(scene: Scene, pod: Pod, status: ContainerStatus, about: Subject): Finding | undefined {
  const { waiting, terminated } = status.state ?? {};
  const name = status.name;
  const last = status.lastState?.terminated ?? terminated;
  const logs = { container: name, previous: terminated === undefined };
  const held = lastOf(scene, about, 'kubelet.back-off', ({ container }) => container === name);
  // Between its end and the next look at it the status shows the end, not the back-off.
  const looping = terminated !== undefined && terminated.exitCode !== 0 && (held?.until ?? 0) > scene.at;
  if (waiting?.reason === 'CrashLoopBackOff' || looping) {
    const code = last?.reason === 'OOMKilled' ? 'out-of-memory' : 'crash-loop';
    const params = {
      container: name,
      exitCode: last?.exitCode ?? 0,
      restarts: status.restartCount,
      seconds: secondsUntil(scene, held?.until),
    };
    const message = waiting?.message;
    return finding({
      code,
      params,
      about,
      message,
      logs: { container: name, previous: !looping },
      fixes: endFixes(pod, name, code),
    });
  }
  if (!waiting) {
    if (terminated && terminated.exitCode !== 0) {
      const code = terminated.reason === 'OOMKilled' ? 'out-of-memory' : 'crashed';
      return finding({
        code,
        params: { container: name, exitCode: terminated.exitCode },
        about,
        logs,
        fixes: endFixes(pod, name, code),
      });
    }
    return undefined;
  }
  const { reason = '', message } = waiting;
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') return imageFinding(scene, pod, name, about, message);
  if (reason === 'InvalidImageName')
    return finding({ code: 'image-name', params: { container: name, image: imageOf(pod, name) }, about, message });
  if (reason === 'ErrImageNeverPull')
    return finding({ code: 'image-never', params: { container: name, image: imageOf(pod, name) }, about, message });
  if (reason.endsWith('Error')) {
    return finding({
      code: 'config',
      params: { container: name, reason },
      about,
      message,
      fixes: missingFixes(scene, pod, message),
    });
  }
  return undefined;
}

const imageOf = (pod: Pod, container: string): string =>
  containersOf(pod).find(({ name }) => name === container)?.image ?? '';

/** The repository with the tag that was asked for. */
function withTag(image: string, name: string): string {
  const tag = /:[\w.-]+$/.exec(image)?.[0] ?? '';
  return name.includes(':') ? name : `${name}${tag}`;
}

function imageFinding(scene: Scene, pod: Pod, container: string, about: Subject, message?: string): Finding {
  const image = imageOf(pod, container);
  const tried = lastOf(scene, about, 'kubelet.pull-failed', (one) => one.image === image);
  const suggested = suggestImage(image);
  const better = suggested === undefined ? undefined : withTag(image, suggested);
  const fixes: Fix[] = [];
  if (better !== undefined && better !== image) {
    const command = commandsFor(pod, [], { container, image: better })[0];
    fixes.push({ code: 'did-you-mean', params: { image: better }, ...(command !== undefined && { command }) });
  } else fixes.push({ code: 'check-image', params: { image } });
  return finding({
    code: 'image',
    params: { container, image, seconds: secondsUntil(scene, tried?.retryAt) },
    about,
    message: tried?.message ?? message,
    fixes,
  });
}

function endFixes(pod: Pod, container: string, code: 'crashed' | 'crash-loop' | 'out-of-memory'): readonly Fix[] {
  const { namespace = 'default', name } = pod.metadata;
  const limit = containersOf(pod).find((one) => one.name === container)?.resources?.limits?.memory;
  const raise: Fix = { code: 'raise-memory', params: { container, limit: limit ?? '' } };
  const command = `kubectl logs -n ${namespace} ${name} -c ${container} --previous`;
  const see: Fix = { code: 'see-logs', params: { container }, command };
  return code === 'out-of-memory' ? [raise, see] : [see];
}

/** A ConfigMap or Secret that the message names and that is not there. */
function missingFixes(scene: Scene, pod: Pod, message = ''): readonly Fix[] {
  const named = /(configmap|secret) "([^"]+)" not found/i.exec(message);
  if (!named) return [];
  const [, kind = '', name = ''] = named;
  const resource = kind.toLowerCase() === 'secret' ? secrets : configMaps;
  const there = scene.list(resource, pod.metadata.namespace).map(({ metadata }) => metadata.name);
  return [{ code: 'missing-object', params: { kind: resource.kind, name, there: there.slice(0, 5).join(', ') } }];
}

/** On a Node, nothing failed, and still not Ready. */
function notReady(scene: Scene, pod: Pod, about: Subject): Finding {
  const probe = failingProbe(scene, pod, about);
  if (probe) return probe;
  const init = (pod.status.initContainerStatuses ?? []).find(({ state }) => state?.terminated === undefined);
  if (init && pod.spec.initContainers?.find(({ name }) => name === init.name)?.restartPolicy !== 'Always')
    return finding({ code: 'init-waiting', tone: 'busy', params: { container: init.name }, about });
  const mount = scene
    .list(events, pod.metadata.namespace)
    .filter(
      ({ involvedObject, reason }) =>
        involvedObject.uid === pod.metadata.uid && /^Failed(Mount|Attach|CreatePodSandBox)/.test(reason ?? ''),
    )
    .at(-1);
  const waiting = statusesOf(pod).find(({ state }) => state?.waiting);
  if (mount && waiting)
    return finding({
      code: 'volumes',
      params: {},
      about,
      message: mount.message,
      fixes: missingFixes(scene, pod, mount.message),
    });
  const gates = pod.spec.readinessGates ?? [];
  const unmet = gates.filter(({ conditionType }) => conditionOf(pod, conditionType)?.status !== 'True');
  if (!waiting && unmet.length > 0) {
    const names = unmet.map(({ conditionType }) => conditionType).join(', ');
    return finding({ code: 'readiness-gate', tone: 'warn', params: { gates: names }, about });
  }
  const container = waiting?.name ?? pod.spec.containers[0]?.name ?? '';
  return finding({ code: 'starting', tone: 'busy', params: { container, node: pod.spec.nodeName ?? '' }, about });
}

function failingProbe(scene: Scene, pod: Pod, about: Subject): Finding | undefined {
  for (const status of pod.status.containerStatuses ?? []) {
    if (!status.state?.running || status.ready) continue;
    const container = pod.spec.containers.find(({ name }) => name === status.name);
    for (const kind of ['startup', 'readiness'] as const) {
      const probe = container?.[`${kind}Probe`];
      if (!probe || (kind === 'startup' && status.started)) continue;
      const last = lastOf(scene, about, 'kubelet.probe', (one) => one.container === status.name && one.kind === kind);
      const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? '';
      const params = { container: status.name, kind, port: String(port), path: probe.httpGet?.path ?? '' };
      if (!last || last.ok) return finding({ code: 'probe-pending', tone: 'busy', params, about });
      return finding({
        code: 'probe-failing',
        params,
        about,
        message: last.output,
        logs: { container: status.name, previous: false },
      });
    }
  }
  return undefined;
}

function silentNode(scene: Scene, pod: Pod): Finding | undefined {
  const name = pod.spec.nodeName ?? '';
  const node = scene.object(nodes, { name });
  const ready = conditionOf(node, 'Ready');
  if (node && ready?.status !== 'Unknown') return undefined;
  return finding({
    code: 'node-silent',
    params: { node: name, since: Date.parse(ready?.lastTransitionTime ?? '') || scene.at },
    about: { resource: nodes, name },
    fixes: [{ code: 'recover-node', params: { node: name } }],
  });
}

function failed(pod: Pod, about: Subject): Finding {
  const { reason = '', message } = pod.status;
  if (reason === 'Evicted') return finding({ code: 'evicted', params: {}, about, message });
  const ended = pod.status.containerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  return finding({
    code: 'pod-failed',
    params: { reason, container: ended?.name ?? '', exitCode: ended?.state?.terminated?.exitCode ?? 0 },
    about,
    message,
    ...(ended && { logs: { container: ended.name, previous: false } }),
  });
}

function terminating(scene: Scene, pod: Pod, about: Subject): Finding {
  const { finalizers = [], namespace = 'default', name } = pod.metadata;
  if (finalizers.length > 0) return finalizerFinding(about, finalizers);
  const silent = silentNode(scene, pod);
  if (silent) {
    const command = `kubectl delete pod -n ${namespace} ${name} --force --grace-period=0`;
    return { ...silent, fixes: [...silent.fixes, { code: 'force-delete', params: {}, command }] };
  }
  const due = Date.parse(pod.metadata.deletionTimestamp ?? '');
  return finding({
    code: 'terminating',
    tone: 'busy',
    params: { grace: pod.metadata.deletionGracePeriodSeconds ?? 0, seconds: secondsUntil(scene, due) },
    about,
  });
}

/** It is to be deleted, and somebody has to let go of it first. */
export function finalizerFinding(about: Subject, finalizers: readonly string[]): Finding {
  const { resource, namespace, name } = about;
  const where = namespace === undefined ? '' : ` -n ${namespace}`;
  const command = `kubectl patch ${resource.singular} ${name}${where} --type=merge -p '{"metadata":{"finalizers":null}}'`;
  return finding({
    code: 'finalizers',
    params: { finalizers: finalizers.join(', ') },
    about,
    fixes: [{ code: 'remove-finalizer', params: {}, command }],
  });
}
