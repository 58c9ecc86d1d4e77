/**
 * What the server fills into a PodSpec, in a Pod or in a template. Whatever was defaulted before is recognised by identity and
 * shared: Pods of one ReplicaSet carry the containers of its template.
 * @upstream pkg/apis/core/v1/defaults.go
 */
import type {
  Container,
  EnvVar,
  EphemeralContainer,
  Lifecycle,
  LifecycleHandler,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
} from '#engine/api';
import { changeItems, changeMember, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';
import { defaultPullPolicy } from './image-name.ts';
import { defaultResourceList } from './resource-list-defaults.ts';
import { defaultFieldRef, defaultVolume } from './volume-defaults.ts';

const defaultResources = (resources: ResourceRequirements): ResourceRequirements =>
  changeMember(changeMember(resources, 'limits', defaultResourceList), 'requests', defaultResourceList);

const defaultHandler = <T extends LifecycleHandler>(handler: T): T =>
  changeMember(handler, 'httpGet', (get) =>
    withDefaults(get as NonNullable<T['httpGet']>, { path: '/', scheme: 'HTTP' } as never),
  );

const defaultProbe = (probe: Probe): Probe => {
  const next = withDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  return changeMember(
    changeMember(next, 'httpGet', (get) => withDefaults(get, { path: '/', scheme: 'HTTP' })),
    'grpc',
    (grpc) => withPointerDefaults(grpc, { service: '' }),
  );
};

const defaultLifecycle = (lifecycle: Lifecycle): Lifecycle =>
  changeMember(changeMember(lifecycle, 'postStart', defaultHandler), 'preStop', defaultHandler);

const defaultEnv = (variable: EnvVar): EnvVar =>
  changeMember(variable, 'valueFrom', (source) => {
    let next = changeMember(source, 'fieldRef', defaultFieldRef);
    next = changeMember(next, 'resourceFieldRef', (ref) => withDefaults(ref, { divisor: '0' }));
    return changeMember(next, 'fileKeyRef', (ref) => withPointerDefaults(ref, { optional: false }));
  });

function defaultContainer<C extends Container | EphemeralContainer>(container: C): C {
  let next: Container = withDefaults<Container>(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  });
  if (!next.imagePullPolicy) next = { ...next, imagePullPolicy: defaultPullPolicy(next.image ?? '') };
  next = changeItems(next, 'ports', (port: NonNullable<Container['ports']>[number]) =>
    withDefaults(port, { protocol: 'TCP' }),
  );
  next = changeItems(next, 'env', defaultEnv);
  next = changeMember(next, 'resources', defaultResources);
  next = changeMember(next, 'livenessProbe', defaultProbe);
  next = changeMember(next, 'readinessProbe', defaultProbe);
  next = changeMember(next, 'startupProbe', defaultProbe);
  return changeMember(next, 'lifecycle', defaultLifecycle) as C;
}

/** Lists whose items all have their defaults. */
const defaulted = new WeakSet<object>();

function defaultList<T extends object, K extends keyof T, Item>(object: T, key: K, change: (item: Item) => Item): T {
  const list = object[key];
  if (typeof list !== 'object' || list === null || defaulted.has(list)) return object;
  const next = changeItems(object, key, change);
  defaulted.add(next[key] as object);
  return next;
}

/** Defaults that hold for Pods and templates alike. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  let next = defaultList(spec, 'volumes', defaultVolume);
  next = defaultList(next, 'initContainers', defaultContainer<Container>);
  next = defaultList(next, 'containers', defaultContainer<Container>);
  next = defaultList(next, 'ephemeralContainers', defaultContainer<EphemeralContainer>);
  next = changeMember(next, 'overhead', defaultResourceList);
  next = changeMember(next, 'resources', defaultResources);
  next = withDefaults(next, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' });
  next = withPointerDefaults(next, { securityContext: {}, terminationGracePeriodSeconds: 30 });
  return sameAccount(next);
}

/** `serviceAccount` is the old name of `serviceAccountName`: each is set from the other. */
function sameAccount(spec: PodSpec): PodSpec {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name || (spec.serviceAccountName === name && spec.serviceAccount === name)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
}

const NO_SPEC = {} as PodSpec;

const INIT_ANNOTATION = /^pod\.(?:alpha|beta)\.kubernetes\.io\/init-container(?:s|-statuses)$/;

/** Annotations that once were init containers are dropped. */
export function withoutInitAnnotations<T extends PodTemplateSpec>(owner: T): T {
  const { metadata } = owner;
  if (!Object.keys(metadata?.annotations ?? {}).some((key) => INIT_ANNOTATION.test(key))) return owner;
  const kept = Object.entries(metadata?.annotations ?? {}).filter(([key]) => !INIT_ANNOTATION.test(key));
  const annotations = kept.length > 0 ? Object.fromEntries(kept) : undefined;
  return { ...owner, metadata: withMember(metadata ?? {}, 'annotations', annotations) };
}

/** A template always has metadata and a spec. */
export function defaultPodTemplateSpec(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const before: PodTemplateSpec = withoutInitAnnotations(template ?? {});
  const spec = defaultPodSpec(before.spec ?? NO_SPEC);
  if (before.spec === spec && before.metadata) return before;
  return { ...before, metadata: before.metadata ?? {}, spec };
}
