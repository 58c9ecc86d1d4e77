/**
 * Priority and fairness: which FlowSchema a request belongs to, and so which priority level.
 * @upstream staging/src/k8s.io/apiserver/pkg/util/flowcontrol/rule.go, apf_controller.go
 */
import {
  type FlowcontrolV1Subject,
  type FlowSchema,
  type FlowSchemaSpec,
  flowSchemas,
  type NonResourcePolicyRule,
  type PriorityLevelConfiguration,
  priorityLevelConfigurations,
  type ResourcePolicyRule,
} from '#engine/api';
import { compareText } from '#engine/apimachinery';
import { type Etcd, EtcdError, prefixRange } from '#engine/control-plane/etcd';
import type { Stores } from '../endpoints/endpoint.ts';
import { mandatoryFlowSchemas, mandatoryPriorityLevels } from '../registry/flowcontrol/mandatory.ts';
import type { RequestInfo } from '../request-info.ts';
import { prefixOf } from '../storage/prefix.ts';
import type { UserInfo } from '../user-info.ts';
import type { WalkFlow } from '../walk.ts';

const DEFAULT_PRECEDENCE = 1000;
const LONG_RUNNING = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);
const ACCOUNT = 'system:serviceaccount:';

/** Puts requests into flows. Undefined for what runs long and is no watch: nobody counts that. */
export type Classify = (user: UserInfo, info: RequestInfo) => WalkFlow | undefined;

interface Candidate {
  readonly flow: WalkFlow;
  readonly rules: NonNullable<FlowSchemaSpec['rules']>;
}

/** The classification by what is stored now; read again only after FlowSchemas or levels changed. */
export function createClassifier(stores: Stores, etcd: Etcd, signal: AbortSignal | undefined): Classify {
  let all: readonly Candidate[] | undefined;
  let known = new WeakMap<UserInfo, readonly Candidate[]>();
  for (const kind of [flowSchemas, priorityLevelConfigurations]) {
    const stop = etcd.watch(prefixRange(prefixOf(kind)), 0, () => {
      all = undefined;
    });
    signal?.addEventListener('abort', stop, { once: true });
  }
  const read = (): readonly Candidate[] => {
    all = compiled(stores);
    known = new WeakMap();
    return all;
  };
  const ofUser = (user: UserInfo): readonly Candidate[] => {
    const current = all ?? read();
    const before = known.get(user);
    if (before) return before;
    const mine = current.flatMap(({ flow, rules }) => {
      const concerned = rules.filter(({ subjects }) => subjects.some((subject) => matchesSubject(user, subject)));
      return concerned.length > 0 ? [{ flow, rules: concerned }] : [];
    });
    known.set(user, mine);
    return mine;
  };
  return (user, info) => {
    if (runsLong(info)) return undefined;
    for (const { flow, rules } of ofUser(user)) {
      for (const { resourceRules = [], nonResourceRules = [] } of rules) {
        const matches = info.isResourceRequest
          ? resourceRules.some((rule) => matchesResource(info, rule))
          : nonResourceRules.some((rule) => matchesPath(info, rule));
        if (matches) return flow;
      }
    }
    return (all ?? read()).find(({ flow }) => flow.flowSchema === 'catch-all')?.flow;
  };
}

/** Upstream's BasicLongRunningRequestCheck, but for watches. */
const runsLong = ({ verb, subresource }: RequestInfo): boolean =>
  verb === 'proxy' || (subresource !== '' && verb !== 'watch' && LONG_RUNNING.has(subresource));

/** FlowSchemas whose level is there, in the order they are asked; what every server needs is imagined where it is missing. */
function compiled(stores: Stores): readonly Candidate[] {
  const levels = new Map(Object.keys(mandatoryPriorityLevels).map((name) => [name, '']));
  const schemas = new Map<string, Pick<FlowSchema, 'metadata' | 'spec'>>(
    Object.entries(mandatoryFlowSchemas).map(([name, spec]) => [name, { metadata: { name }, spec }]),
  );
  for (const { metadata } of listed<PriorityLevelConfiguration>(stores, priorityLevelConfigurations)) {
    levels.set(metadata.name, metadata.uid ?? '');
  }
  for (const schema of listed<FlowSchema>(stores, flowSchemas)) schemas.set(schema.metadata.name, schema);
  const ordered = [...schemas.values()].sort(
    (a, b) => precedence(a) - precedence(b) || compareText(a.metadata.name, b.metadata.name),
  );
  return ordered.flatMap(({ metadata, spec }) => {
    const priorityLevel = spec?.priorityLevelConfiguration.name ?? '';
    const distinguisherMethod = spec?.distinguisherMethod?.type;
    const priorityLevelUid = levels.get(priorityLevel);
    if (priorityLevelUid === undefined) return [];
    const flow = {
      flowSchema: metadata.name,
      priorityLevel,
      flowSchemaUid: metadata.uid ?? '',
      priorityLevelUid,
      distinguisherMethod,
    };
    return [{ flow: Object.freeze(flow), rules: spec?.rules ?? [] }];
  });
}

const precedence = ({ spec }: Pick<FlowSchema, 'spec'>): number => spec?.matchingPrecedence ?? DEFAULT_PRECEDENCE;

/** What is stored; nothing while etcd is away, so that health can still be asked for. */
function listed<T extends FlowSchema | PriorityLevelConfiguration>(
  stores: Stores,
  kind: typeof flowSchemas | typeof priorityLevelConfigurations,
): readonly T[] {
  try {
    const store = stores.find(kind.group, kind.plural);
    return (store?.storage.list() ?? []).map(({ value }) => value as T);
  } catch (error) {
    if (error instanceof EtcdError) return [];
    throw error;
  }
}

function matchesSubject({ username, groups }: UserInfo, subject: FlowcontrolV1Subject): boolean {
  const { kind, user, group, serviceAccount } = subject;
  if (kind === 'User') return user !== undefined && (user.name === '*' || user.name === username);
  if (kind === 'Group') return group !== undefined && (group.name === '*' || groups.includes(group.name));
  if (kind !== 'ServiceAccount' || !serviceAccount) return false;
  const { namespace, name } = serviceAccount;
  return name === '*' ? username.startsWith(`${ACCOUNT}${namespace}:`) : username === `${ACCOUNT}${namespace}:${name}`;
}

/** A wildcard counts only alone, as validation has it. */
const holds = (list: readonly string[] | undefined, text: string): boolean =>
  list !== undefined && ((list.length === 1 && list[0] === '*') || list.includes(text));

function matchesResource(info: RequestInfo, rule: ResourcePolicyRule): boolean {
  const { verb, resource, subresource, apiGroup, namespace } = info;
  return (
    holds(rule.verbs, verb) &&
    holds(rule.resources, subresource ? `${resource}/${subresource}` : resource) &&
    holds(rule.apiGroups, apiGroup) &&
    (namespace === '' ? rule.clusterScope === true : holds(rule.namespaces, namespace))
  );
}

const matchesPath = ({ verb, path }: RequestInfo, { verbs, nonResourceURLs = [] }: NonResourcePolicyRule): boolean =>
  holds(verbs, verb) &&
  nonResourceURLs.some((url) => {
    if (url === '*' || url === path) return true;
    const prefix = url.endsWith('*') ? url.slice(0, -1) : url;
    return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
  });
