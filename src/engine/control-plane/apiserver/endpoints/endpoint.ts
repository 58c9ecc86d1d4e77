/** What the REST handlers need to know of the server they are in, and of the resource they serve. */

import type { Resource } from '#engine/api';
import type { DeleteOptions, KubeObject } from '#engine/apimachinery';
import type { World } from '#engine/sim';
import type { AdmissionAttributes, AdmissionChain, AdmissionOperation } from '../admission/admission.ts';
import type { ApiContext } from '../context.ts';
import type { Store, WriteContext } from '../registry/generic/store.ts';

/** Looks up the store of a resource that is served. */
export interface Stores {
  find(group: string, plural: string): Store | undefined;
  of<T extends KubeObject>(resource: Resource<T>): Store<T>;
  all(): readonly Store[];
}

export interface Server {
  readonly world: World;
  readonly stores: Stores;
  readonly admission: AdmissionChain;
}

const nothing: DeleteOptions = Object.freeze({});
export const NO_DELETE_OPTIONS = nothing;

/** The namespace of the path, for namespaced resources. */
export const namespaceOf = (context: ApiContext): string | undefined => context.info.namespace || undefined;

/** Attributes for the admission of one write. */
export function attributesOf(
  context: ApiContext,
  resource: Resource,
  operation: AdmissionOperation,
  rest: {
    readonly name: string;
    readonly object: KubeObject | undefined;
    readonly oldObject: KubeObject | undefined;
    readonly dryRun: boolean;
  },
): AdmissionAttributes {
  const { info, user, warnings } = context;
  return {
    operation,
    resource,
    subresource: info.subresource,
    namespace: info.namespace,
    user,
    warn: (text) => warnings.push(text),
    ...rest,
  };
}

/** The context of a write, with validating admission at its end. */
export function writeContext(
  server: Server,
  context: ApiContext,
  store: Store,
  operation: AdmissionOperation,
  dryRun: boolean,
): WriteContext<KubeObject> {
  const { info, user, warnings } = context;
  return {
    world: server.world,
    user,
    namespace: namespaceOf(context),
    dryRun,
    warn: (text) => {
      if (!warnings.includes(text)) warnings.push(text);
    },
    admit: (next, current) => {
      const actual = operation === 'UPDATE' && current === undefined ? 'CREATE' : operation;
      const name = next?.metadata.name ?? current?.metadata.name ?? info.name;
      return server.admission.validate(
        attributesOf(context, store.resource, actual, { name, object: next, oldObject: current, dryRun }),
      );
    },
  };
}
