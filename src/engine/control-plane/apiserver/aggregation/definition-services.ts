/**
 * A local APIService for every group and version that a CustomResourceDefinition serves; it goes with the last of them.
 * @upstream pkg/controlplane/controller/crdregistration/crdregistration_controller.go
 * @upstream staging/src/k8s.io/kube-aggregator/pkg/controllers/autoregister/autoregister_controller.go
 */
import { type APIService, apiServices, customResourceDefinitions, schemaForKind } from '#engine/api';
import {
  isConflict,
  isNotFound,
  type KubeObject,
  type StructSchema,
  semanticEqual,
  updateManagedFields,
} from '#engine/apimachinery';
import { type Etcd, EtcdError, prefixRange } from '#engine/control-plane/etcd';
import { formatTime, type World } from '#engine/sim';
import { createSeed, SERVER } from '../bootstrap/seed.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import type { Store } from '../registry/generic/store.ts';
import { prefixOf } from '../storage/prefix.ts';
import { isAutoManaged, localApiService, localAvailable } from './local-services.ts';

type Wanted = ReturnType<typeof localApiService>;

/** How long the controllers take to see a change. */
const REACTION_MS = 5;
/** An etcd that is away is asked again. */
const RETRY_MS = 1000;

/**
 * Keeps the APIServices of definitions from now on. Costs nothing in a cluster without definitions.
 * @fidelity full
 */
export function followDefinitions(world: World, stores: Stores, etcd: Etcd, signal: AbortSignal | undefined): void {
  const services = stores.of(apiServices) as unknown as Store<APIService>;
  const definitions = stores.of(customResourceDefinitions);
  const context = { world, user: SERVER, namespace: undefined, dryRun: false, warn: () => undefined };
  /** Whether a definition was ever there. */
  let concerned = false;
  let pending = false;

  const wantedNow = (): ReadonlyMap<string, Wanted> => {
    const served = definitions.storage
      .list()
      .flatMap(({ value: { spec } }) =>
        spec.versions.filter((version) => version.served).map(({ name }) => localApiService(spec.group, name, 'true')),
      );
    return new Map(served.map((service) => [service.metadata.name, service]));
  };
  const sync = async () => {
    pending = false;
    const wanted = wantedNow();
    const seed = createSeed(world, stores);
    for (const service of wanted.values()) {
      const current = services.find(undefined, service.metadata.name);
      if (!current) seed.put(apiServices, undefined, service, { status: { conditions: [localAvailable(seed.now)] } });
      else if (isAutoManaged(current) && !semanticEqual(current.spec, service.spec)) await restore(service);
    }
    for (const { value } of services.storage.list()) {
      if (isAutoManaged(value) && !wanted.has(value.metadata.name)) await remove(value);
    }
  };
  /** What somebody made of the APIService does not last. */
  const restore = async (service: Wanted) => {
    const next = (current: APIService | undefined): APIService => {
      const changed = { ...current, spec: service.spec } as APIService;
      return updateManagedFields(current as KubeObject, changed, schemaForKind(apiServices) as StructSchema, {
        manager: 'kube-apiserver',
        apiVersion: service.apiVersion,
        time: formatTime(world.clock.now()),
      });
    };
    await services.update({ namespace: undefined, name: service.metadata.name, next }, context).catch(pastRace);
  };
  const remove = async ({ metadata: { name, uid } }: APIService) => {
    const options = uid === undefined ? {} : { preconditions: { uid } };
    await services.delete(undefined, name, options, context).catch(pastRace);
  };
  const schedule = (after = REACTION_MS) => {
    if (pending || signal?.aborted) return;
    pending = true;
    world.clock.after(after, 'apiserver.crdregistration', () => {
      if (signal?.aborted) return;
      sync().catch((error) => {
        if (!(error instanceof EtcdError)) throw error;
        schedule(RETRY_MS);
      });
    });
  };
  const changed = () => {
    concerned = true;
    schedule();
  };
  const watch = (prefix: string, seen: () => void) => {
    const stop = etcd.watch(prefixRange(prefix), 0, seen);
    signal?.addEventListener('abort', stop, { once: true });
  };
  watch(prefixOf(customResourceDefinitions), changed);
  watch(prefixOf(apiServices), () => {
    if (concerned) schedule();
  });
  if (definitions.storage.list().length > 0) changed();
}

/** Somebody else was faster: their write is seen, and looked at. */
function pastRace(error: unknown): void {
  if (!isConflict(error) && !isNotFound(error)) throw error;
}
