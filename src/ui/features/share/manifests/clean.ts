/** An object as its author would write it: without status, bookkeeping, what the cluster assigned, and what it would default anyway. */
import { jsonEqual, type KubeObject } from '#engine/apimachinery';

type Fields = { readonly [field: string]: unknown };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Drops fields that have exactly the server's default. */
function withoutDefaults(fields: Fields, defaults: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => !(Object.hasOwn(defaults, name) && jsonEqual(value, defaults[name])),
    ),
  );
}

/** Changes a field where there is one; what becomes empty goes. */
function within(fields: Fields, name: string, change: (value: Fields) => Fields): Fields {
  if (!isFields(fields[name])) return fields;
  const changed = change(fields[name]);
  return Object.keys(changed).length > 0 ? { ...fields, [name]: changed } : without(fields, [name]);
}

function each(fields: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const items = fields[name];
  return Array.isArray(items)
    ? { ...fields, [name]: items.map((item) => (isFields(item) ? change(item) : item)) }
    : fields;
}

const SERVER_METADATA = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'ownerReferences',
];
const SERVER_ANNOTATIONS =
  /^(kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/|deprecated\.daemonset\.template\.generation|(pv|volume|batch|autoscaling)\.(beta\.)?kubernetes\.io\/|control-plane\.alpha\.kubernetes\.io\/|endpoints\.kubernetes\.io\/)/;
const SERVER_LABELS = /^(kubernetes\.io\/metadata\.name|(batch\.kubernetes\.io\/)?(controller-uid|job-name))$/;
const SERVER_FINALIZERS =
  /^(kubernetes|kubernetes\.io\/pvc?-protection|foregroundDeletion|orphan|batch\.kubernetes\.io\/job-tracking)$/;

const filtered = (fields: Fields, drop: RegExp): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !drop.test(name)));

function cleanMetadata(metadata: Fields): Fields {
  let kept = without(metadata, SERVER_METADATA);
  kept = within(kept, 'annotations', (annotations) => filtered(annotations, SERVER_ANNOTATIONS));
  kept = within(kept, 'labels', (labels) => filtered(labels, SERVER_LABELS));
  if (Array.isArray(kept.finalizers)) {
    const finalizers = kept.finalizers.filter((one) => !SERVER_FINALIZERS.test(String(one)));
    kept = finalizers.length > 0 ? { ...kept, finalizers } : without(kept, ['finalizers']);
  }
  return kept;
}

const PROBE = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  initialDelaySeconds: 0,
};
const CONTAINER = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} };
const POD = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  serviceAccountName: 'default',
};

const pullPolicyOf = (image: unknown): string =>
  /(^[^:@]*|:latest|\/[^:@]*)$/.test(String(image)) && !String(image).includes('@') ? 'Always' : 'IfNotPresent';

function cleanProbe(probe: Fields): Fields {
  const kept = within(withoutDefaults(probe, PROBE), 'httpGet', (get) => withoutDefaults(get, { scheme: 'HTTP' }));
  return within(kept, 'grpc', (grpc) => withoutDefaults(grpc, { service: '' }));
}

function cleanContainer(container: Fields): Fields {
  let kept = withoutDefaults(container, { ...CONTAINER, imagePullPolicy: pullPolicyOf(container.image) });
  kept = each(kept, 'ports', (port) => withoutDefaults(port, { protocol: 'TCP' }));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) kept = within(kept, probe, cleanProbe);
  return each(kept, 'env', (variable) =>
    within(variable, 'valueFrom', (from) =>
      within(from, 'fieldRef', (reference) => withoutDefaults(reference, { apiVersion: 'v1' })),
    ),
  );
}

function cleanVolume(volume: Fields): Fields {
  let kept = volume;
  for (const kind of ['configMap', 'secret', 'projected', 'downwardAPI'])
    kept = within(kept, kind, (source) => withoutDefaults(source, { defaultMode: 420 }));
  return isFields(kept.hostPath) ? { ...kept, hostPath: withoutDefaults(kept.hostPath, { type: '' }) } : kept;
}

/** The spec of a Pod or of a template. */
function cleanPodSpec(spec: Fields): Fields {
  let kept = without(withoutDefaults(spec, POD), ['serviceAccount']);
  for (const containers of ['containers', 'initContainers', 'ephemeralContainers'])
    kept = each(kept, containers, cleanContainer);
  return each(kept, 'volumes', cleanVolume);
}

const cleanTemplate = (template: Fields): Fields =>
  within(within(template, 'metadata', cleanMetadata), 'spec', cleanPodSpec);

const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;
const ADDED_TOLERATION = /^node\.kubernetes\.io\/(not-ready|unreachable)$/;

/** Besides what templates have: what admission and the scheduler put into the Pod itself. */
function cleanPod(spec: Fields): Fields {
  const named = (name: string, drop: (item: Fields) => boolean) => (fields: Fields) => {
    const items = fields[name];
    if (!Array.isArray(items)) return fields;
    const kept = items.filter((item) => !drop(fieldsOf(item)));
    return kept.length > 0 ? { ...fields, [name]: kept } : without(fields, [name]);
  };
  let kept = without(spec, ['nodeName']);
  kept = named('volumes', ({ name }) => TOKEN_VOLUME.test(String(name)))(kept);
  kept = named(
    'tolerations',
    ({ key, tolerationSeconds }) => ADDED_TOLERATION.test(String(key)) && tolerationSeconds === 300,
  )(kept);
  for (const containers of ['containers', 'initContainers'])
    kept = each(
      kept,
      containers,
      named('volumeMounts', ({ name }) => TOKEN_VOLUME.test(String(name))),
    );
  return cleanPodSpec(kept);
}

function cleanService(spec: Fields): Fields {
  const dropped = spec.clusterIP === 'None' ? ['clusterIPs'] : ['clusterIP', 'clusterIPs'];
  const kept = withoutDefaults(without(spec, [...dropped, 'ipFamilies', 'healthCheckNodePort']), {
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
    allocateLoadBalancerNodePorts: true,
    sessionAffinity: 'None',
    type: 'ClusterIP',
  });
  return each(kept, 'ports', (port) => withoutDefaults(port, { protocol: 'TCP', targetPort: port.port }));
}

function cleanJob(spec: Fields): Fields {
  const kept = withoutDefaults(spec.manualSelector === true ? spec : without(spec, ['selector']), {
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    parallelism: 1,
    completions: 1,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  return within(kept, 'template', cleanTemplate);
}

const ROLLING = { maxSurge: '25%', maxUnavailable: '25%' };
const RULES: { readonly [kind: string]: (spec: Fields) => Fields } = {
  Pod: cleanPod,
  Service: cleanService,
  Job: cleanJob,
  CronJob: (spec) =>
    within(
      withoutDefaults(spec, {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      }),
      'jobTemplate',
      (template) => within(within(template, 'metadata', cleanMetadata), 'spec', cleanJob),
    ),
  Deployment: workload({
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    strategy: { type: 'RollingUpdate', rollingUpdate: ROLLING },
  }),
  StatefulSet: workload({
    podManagementPolicy: 'OrderedReady',
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    serviceName: '',
  }),
  DaemonSet: workload({
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  }),
  ReplicaSet: workload({}),
  ReplicationController: workload({}),
  PersistentVolumeClaim: (spec) => withoutDefaults(without(spec, ['volumeName']), { volumeMode: 'Filesystem' }),
  Namespace: () => ({}),
};

function workload(defaults: Fields): (spec: Fields) => Fields {
  return (spec) =>
    each(within(withoutDefaults(spec, defaults), 'template', cleanTemplate), 'volumeClaimTemplates', (claim) => ({
      ...without(claim, ['status']),
      metadata: cleanMetadata(fieldsOf(claim.metadata)),
      spec: withoutDefaults(fieldsOf(claim.spec), { volumeMode: 'Filesystem' }),
    }));
}

/** `apiVersion`, `kind` and `metadata` first, as people write them. */
export function cleanObject(object: KubeObject): Fields {
  const { apiVersion, kind, metadata, status: _status, ...rest } = object as unknown as Fields;
  const rule = RULES[String(kind)];
  let kept: Fields = { apiVersion, kind, metadata: cleanMetadata(fieldsOf(metadata)), ...rest };
  if (rule && isFields(kept.spec)) kept = within(kept, 'spec', rule);
  if (kind === 'Secret') kept = withoutDefaults(kept, { type: 'Opaque' });
  if (kind === 'ServiceAccount') kept = without(kept, ['secrets']);
  return kept;
}
