/**
 * The flow schemas and priority levels every server has: the mandatory ones, whose spec nobody may change, and the suggested ones.
 * @upstream staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go
 */
import type {
  FlowcontrolV1Subject,
  FlowSchemaSpec,
  PolicyRulesWithSubjects,
  PriorityLevelConfigurationSpec,
  ResourcePolicyRule,
} from '#engine/api';

const ALL = Object.freeze(['*']);

const user = (name: string): FlowcontrolV1Subject => ({ kind: 'User', user: { name } });
const group = (name: string): FlowcontrolV1Subject => ({ kind: 'Group', group: { name } });
const KUBE_SYSTEM: FlowcontrolV1Subject = {
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name: '*' },
};
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')];
const MANAGER = user('system:kube-controller-manager');
const SCHEDULER = user('system:kube-scheduler');

/** Everything these subjects do. */
const everything = (...subjects: readonly FlowcontrolV1Subject[]): PolicyRulesWithSubjects => ({
  subjects,
  resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL, clusterScope: true, namespaces: ALL }],
  nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
});

const namespaced = (verbs: readonly string[], apiGroup: string, ...resources: string[]): ResourcePolicyRule => ({
  verbs,
  apiGroups: [apiGroup],
  resources,
  namespaces: ALL,
});

type Distinguisher = 'ByUser' | 'ByNamespace' | undefined;

const flow = (
  level: string,
  matchingPrecedence: number,
  method: Distinguisher,
  rule: PolicyRulesWithSubjects,
): FlowSchemaSpec => ({
  priorityLevelConfiguration: { name: level },
  matchingPrecedence,
  ...(method && { distinguisherMethod: { type: method } }),
  rules: [rule],
});

/** Shares, lendable percent, and for levels that queue: queues and hand size. */
const limited = (
  shares: number,
  lendablePercent: number,
  queues?: readonly [number, number],
): PriorityLevelConfigurationSpec => ({
  type: 'Limited',
  limited: {
    nominalConcurrencyShares: shares,
    limitResponse: queues
      ? { type: 'Queue', queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } }
      : { type: 'Reject' },
    lendablePercent,
  },
});

/** By name; their spec must be exactly this. */
export const mandatoryFlowSchemas: { readonly [name: string]: FlowSchemaSpec } = {
  exempt: flow('exempt', 1, undefined, everything(group('system:masters'))),
  'catch-all': flow('catch-all', 10_000, 'ByUser', everything(...EVERYBODY)),
};

/** By name; the server keeps their spec as it is here unless their annotation says otherwise. */
export const suggestedFlowSchemas: { readonly [name: string]: FlowSchemaSpec } = {
  'system-nodes': flow('system', 500, 'ByUser', everything(group('system:nodes'))),
  'system-node-high': flow('node-high', 400, 'ByUser', {
    subjects: [group('system:nodes')],
    resourceRules: [
      { ...namespaced(ALL, '', 'nodes', 'nodes/status'), clusterScope: true },
      namespaced(ALL, 'coordination.k8s.io', 'leases'),
    ],
  }),
  probes: flow('exempt', 2, undefined, {
    subjects: EVERYBODY,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  'system-leader-election': flow('leader-election', 100, 'ByUser', {
    subjects: [MANAGER, SCHEDULER, KUBE_SYSTEM],
    resourceRules: [namespaced(['get', 'create', 'update'], 'coordination.k8s.io', 'leases')],
  }),
  'kube-controller-manager': flow('workload-high', 800, 'ByNamespace', everything(MANAGER)),
  'kube-scheduler': flow('workload-high', 800, 'ByNamespace', everything(SCHEDULER)),
  'kube-system-service-accounts': flow('workload-high', 900, 'ByNamespace', everything(KUBE_SYSTEM)),
  'service-accounts': flow('workload-low', 9000, 'ByUser', everything(group('system:serviceaccounts'))),
  'global-default': flow('global-default', 9900, 'ByUser', everything(...EVERYBODY)),
};

export const mandatoryPriorityLevels: { readonly [name: string]: PriorityLevelConfigurationSpec } = {
  'catch-all': limited(5, 0),
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
};

export const suggestedPriorityLevels: { readonly [name: string]: PriorityLevelConfigurationSpec } = {
  system: limited(30, 33, [64, 6]),
  'node-high': limited(40, 25, [64, 6]),
  'leader-election': limited(10, 0, [16, 4]),
  'workload-high': limited(40, 50, [128, 6]),
  'workload-low': limited(100, 90, [128, 6]),
  'global-default': limited(20, 50, [128, 6]),
};
