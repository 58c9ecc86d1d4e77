/** Why a Service leads nowhere. */
import {
  type EndpointSlice,
  endpointSlices,
  type Pod,
  pods,
  type Service,
  type ServicePort,
  services,
} from '#engine/api';
import { labelsAsMatcher, matchesLabels } from '#engine/apimachinery';
import { conditionOf } from './conditions.ts';
import type { Finding, Fix, Subject } from './explanation.ts';
import { type Scene, subjectOf } from './scene.ts';

type Found = Omit<Finding, 'tone' | 'fixes' | 'params'> & Partial<Finding>;
const finding = (found: Found): Finding => ({ tone: 'bad', fixes: [], params: {}, ...found });

const isDone = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';

export function serviceFindings(scene: Scene, service: Service): readonly Finding[] {
  const about = subjectOf(services, service);
  const { spec, metadata } = service;
  if (spec.type === 'ExternalName') return [];
  const slices = scene
    .list(endpointSlices, metadata.namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);
  if (!spec.selector || Object.keys(spec.selector).length === 0)
    return slices.length > 0 ? [] : [finding({ code: 'manual-endpoints', tone: 'warn', about })];
  const matcher = labelsAsMatcher(spec.selector);
  const all = scene.list(pods, metadata.namespace).filter((pod) => !isDone(pod));
  const selected = all.filter(({ metadata: { labels } }) => matchesLabels(matcher, labels));
  const found: Finding[] = [];
  if (selected.length === 0) found.push(noMatch(about, service, all));
  else if (!hasReady(slices)) found.push(...unready(selected));
  for (const port of spec.ports ?? []) found.push(...portFindings(about, port, selected));
  if (spec.type === 'LoadBalancer' && !(service.status?.loadBalancer?.ingress ?? []).length)
    found.push(finding({ code: 'load-balancer', tone: 'busy', about }));
  return found;
}

const hasReady = (slices: readonly EndpointSlice[]): boolean =>
  slices.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready !== false));

/** Nothing has these labels: whose come closest? */
function noMatch(about: Subject, { spec, metadata }: Service, all: readonly Pod[]): Finding {
  const wanted = Object.entries(spec.selector ?? {});
  const selector = wanted.map(([key, value]) => `${key}=${value}`).join(',');
  let best: { readonly pod: Pod; readonly labels: readonly string[] } | undefined;
  let bestScore = 0;
  for (const pod of all) {
    const labels = pod.metadata.labels ?? {};
    const keys = wanted.filter(([key]) => labels[key] !== undefined);
    const score = keys.length + wanted.filter(([key, value]) => labels[key] === value).length;
    if (score > bestScore) {
      best = { pod, labels: keys.map(([key]) => `${key}=${labels[key]}`) };
      bestScore = score;
    }
  }
  const fixes: Fix[] = [];
  if (best) {
    const command = `kubectl set selector service ${metadata.name} -n ${metadata.namespace ?? 'default'} '${best.labels.join(',')}'`;
    fixes.push({
      code: 'labels-alike',
      params: { pod: best.pod.metadata.name, labels: best.labels.join(', ') },
      command,
    });
  }
  return finding({ code: 'no-selector-match', params: { selector }, about, fixes });
}

function unready(selected: readonly Pod[]): readonly Finding[] {
  const waiting = selected.filter((pod) => conditionOf(pod, 'Ready')?.status !== 'True');
  if (waiting.length < selected.length) return [];
  const first = waiting[0] as Pod;
  return [
    finding({
      code: 'endpoints-not-ready',
      params: {
        count: waiting.length,
        names: waiting
          .slice(0, 3)
          .map(({ metadata }) => metadata.name)
          .join(', '),
      },
      about: subjectOf(pods, first),
    }),
  ];
}

/** A targetPort that no container has. A number that nobody declares may still be served: only a warning. */
function portFindings(about: Subject, port: ServicePort, selected: readonly Pod[]): readonly Finding[] {
  const [pod] = selected;
  if (!pod) return [];
  const target = port.targetPort ?? port.port;
  const declared = selected.flatMap(({ spec }) => spec.containers.flatMap(({ ports }) => ports ?? []));
  const served =
    typeof target === 'number'
      ? declared.some(({ containerPort }) => containerPort === target)
      : declared.some(({ name }) => name === target);
  if (served || (typeof target === 'number' && declared.length === 0)) return [];
  const offered = [
    ...new Set(
      declared.map(({ name, containerPort }) => (name ? `${name} (${containerPort})` : String(containerPort))),
    ),
  ];
  const first = declared[0];
  const better = first && (typeof target === 'number' ? first.containerPort : (first.name ?? first.containerPort));
  const where = `${about.name} -n ${about.namespace ?? 'default'}`;
  const patch = JSON.stringify({ spec: { ports: [{ port: port.port, targetPort: better }] } });
  return [
    finding({
      code: 'target-port',
      tone: typeof target === 'number' ? 'warn' : 'bad',
      params: { target: String(target), port: port.port, offered: offered.join(', ') },
      about: subjectOf(pods, pod),
      fixes:
        better === undefined
          ? []
          : [
              {
                code: 'set-target-port',
                params: { target: String(better) },
                command: `kubectl patch service ${where} -p '${patch}'`,
              },
            ],
    }),
  ];
}
