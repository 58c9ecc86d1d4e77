/**
 * Keeps the FlowSchemas and levels that every server has: the mandatory ones as they must be, the suggested ones as their annotation says.
 * @upstream pkg/registry/flowcontrol/rest/storage_flowcontrol.go, pkg/registry/flowcontrol/ensurer/strategy.go
 * @fidelity full
 */
import {
  apiVersionOf,
  type FlowSchema,
  flowSchemas,
  type PriorityLevelConfiguration,
  priorityLevelConfigurations,
  type Resource,
  schemaForKind,
} from '#engine/api';
import { type KubeObject, semanticEqual, updateManagedFields } from '#engine/apimachinery';
import { type Etcd, EtcdError, prefixRange } from '#engine/control-plane/etcd';
import { formatTime, type World } from '#engine/sim';
import { AUTOUPDATE, PRODUCER, seedFlowControl } from '../bootstrap/flow-control.ts';
import { planRounds } from '../bootstrap/rounds.ts';
import { createSeed, SERVER } from '../bootstrap/seed.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import {
  mandatoryFlowSchemas,
  mandatoryPriorityLevels,
  suggestedFlowSchemas,
  suggestedPriorityLevels,
} from '../registry/flowcontrol/mandatory.ts';
import { prefixOf } from '../storage/prefix.ts';
import { tellDangling } from './dangling.ts';

const PERIOD_MS = 60_000;
/** How long the consumer takes to see a change. */
const REACTION_MS = 5;

type Kept = FlowSchema | PriorityLevelConfiguration;
type Specs = { readonly [name: string]: Kept['spec'] };

/**
 * Looks once a minute from its start on, but only in minutes in which something was written; whether schemas dangle is told soon after every
 * change.
 */
export function startFlowControlUpkeep(
  world: World,
  stores: Stores,
  etcd: Etcd,
  signal: AbortSignal | undefined,
): void {
  const plan = planRounds(world, 'apiserver.flow-control', PERIOD_MS, () => upkeep(world, stores), signal);
  let telling = false;
  const tell = async () => {
    telling = false;
    try {
      await tellDangling(world, stores);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      changed();
    }
  };
  const changed = () => {
    plan();
    if (telling || signal?.aborted) return;
    telling = true;
    const timer = world.clock.after(REACTION_MS, 'apiserver.flow-schemas', () => void tell());
    signal?.addEventListener('abort', () => timer.cancel(), { once: true });
  };
  for (const kind of [flowSchemas, priorityLevelConfigurations]) {
    const stop = etcd.watch(prefixRange(prefixOf(kind)), 0, changed);
    signal?.addEventListener('abort', stop, { once: true });
  }
}

/** One look at everything. */
async function upkeep(world: World, stores: Stores): Promise<void> {
  seedFlowControl(createSeed(world, stores));
  await keep(world, stores, flowSchemas, { mandatory: mandatoryFlowSchemas, suggested: suggestedFlowSchemas });
  await keep(world, stores, priorityLevelConfigurations, {
    mandatory: mandatoryPriorityLevels,
    suggested: suggestedPriorityLevels,
  });
}

async function keep<T extends Kept>(
  world: World,
  stores: Stores,
  kind: Resource<T>,
  { mandatory, suggested }: { readonly mandatory: Specs; readonly suggested: Specs },
): Promise<void> {
  const store = stores.of(kind);
  const context = { world, user: SERVER, namespace: undefined, dryRun: false, warn: () => undefined };
  for (const { value } of store.storage.list()) {
    const { name } = value.metadata;
    const fixed = mandatory[name];
    const spec = fixed ?? suggested[name];
    if (!spec) {
      // Once this server's own, in another version.
      if (flag(value) === true) await store.delete(undefined, name, {}, context);
      continue;
    }
    const follows = fixed !== undefined || shouldFollow(value);
    const next = revised(value, spec, follows);
    if (next === value) continue;
    await store.update(
      { namespace: undefined, name, next: () => owned(kind, value, next, formatTime(world.clock.now())) },
      context,
    );
  }
}

/** The annotation as Go's ParseBool reads it. */
function flag({ metadata }: KubeObject): boolean | undefined {
  const text = metadata.annotations?.[ANNOTATION] ?? '';
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

const ANNOTATION = 'apf.kubernetes.io/autoupdate-spec';

/** Without a word from anybody: as long as nobody has touched the spec. */
const shouldFollow = (object: Kept): boolean => flag(object) ?? object.metadata.generation === 1;

/** The object as it should be; the same when it is. */
function revised<T extends Kept>(object: T, spec: Kept['spec'], follows: boolean): T {
  const wanted = follows ? withOwnExemption(object, spec) : object.spec;
  const annotated = flag(object) === follows;
  if (annotated && semanticEqual(object.spec, wanted)) return object;
  const { annotations } = object.metadata;
  return {
    ...object,
    metadata: annotated
      ? object.metadata
      : { ...object.metadata, annotations: { ...annotations, ...AUTOUPDATE, [ANNOTATION]: String(follows) } },
    spec: wanted,
  };
}

/** What exemption costs is the operator's to say. */
function withOwnExemption({ spec }: Kept, wanted: Kept['spec']): Kept['spec'] {
  const own = spec && 'exempt' in spec ? spec.exempt : undefined;
  return own && wanted && 'exempt' in wanted ? { ...wanted, exempt: own } : wanted;
}

function owned<T extends Kept>(kind: Resource<T>, before: T, next: T, time: string): T {
  const schema = schemaForKind(kind);
  if (!schema) return next;
  return updateManagedFields(before, next, schema, {
    manager: PRODUCER,
    apiVersion: apiVersionOf(kind),
    time,
  });
}
