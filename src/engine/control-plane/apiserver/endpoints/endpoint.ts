/** What the REST handlers need to know of the server they are in, and of the resource they serve. */

import type { CustomResourceDefinition, Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Net } from '#engine/http';
import type { Rng, World } from '#engine/sim';
import type { AdmissionAttributes, AdmissionChain, AdmissionOperation } from '../admission/admission.ts';
import type { LoadAsset } from '../assets.ts';
import type { TokenIssuer } from '../authentication/service-account-tokens.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ApiContext, UserInfo } from '../context.ts';
import type { Store } from '../registry/generic/store.ts';
import type { WriteContext } from '../registry/generic/store-types.ts';
import type { VersionView } from '../registry/strategy.ts';
import type { KindCodec } from './codec.ts';

/** A resource under one group and version. Several may share a store, each with its own view of the objects. */
export interface Served {
  readonly resource: Resource;
  readonly store: Store;
  readonly view: VersionView<KubeObject> | undefined;
  /** A stored object as this version shows it. */
  readonly show: (object: KubeObject) => KubeObject;
  /** How objects are read, for kinds that Go has no type for. */
  readonly codec?: KindCodec;
  /** Of a custom resource. */
  readonly custom?: CustomServed;
}

/** What the machinery knows of a custom resource besides what every resource has. */
export interface CustomServed {
  readonly listKind: string;
  readonly storageVersion: string;
  readonly definition: CustomResourceDefinition;
  /** An object of this resource in another of its versions. Throws what the conversion says. */
  readonly convert: (object: KubeObject, apiVersion: string) => Promise<KubeObject>;
}

/** Looks up what is served. */
export interface Stores {
  served(group: string, version: string, plural: string): Served | undefined;
  allServed(): readonly Served[];
  find(group: string, plural: string): Store | undefined;
  of<T extends KubeObject>(resource: Resource<T>): Store<T>;
  all(): readonly Store[];
  /** Serves custom resources under a name, in place of what was served under it; an empty list ends them. */
  mount(name: string, served: readonly Served[]): void;
  /** Counts the changes of what is served. */
  readonly changes: number;
}

export interface Server {
  readonly world: World;
  readonly stores: Stores;
  readonly admission: AdmissionChain;
  readonly authorizer: Authorizer;
  readonly tokens: TokenIssuer;
  /** Who a static or a bootstrap token belongs to. */
  readonly audiencelessUser: (token: string) => UserInfo | undefined;
  /** Chance for the length of watches. */
  readonly timeouts: Rng;
  /** How kubelets and Pods are reached. */
  readonly net: Net | undefined;
  /** Brings what is large and seldom used; absent: no YAML, no OpenAPI. */
  readonly load: LoadAsset;
}

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
  const { info, user, warnings, walk } = context;
  return {
    operation,
    resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: rest.name,
    object: rest.object,
    oldObject: rest.oldObject,
    user,
    dryRun: rest.dryRun,
    warn: (text) => warnings.push(text),
    walk,
  };
}

/** The context of a write, with validating admission at its end. */
export function writeContext(
  server: Server,
  context: ApiContext,
  { resource, view }: Pick<Served, 'resource' | 'view'>,
  operation: AdmissionOperation,
  dryRun: boolean,
): WriteContext<KubeObject> {
  const { info, user, warnings } = context;
  return {
    world: server.world,
    user,
    namespace: namespaceOf(context),
    dryRun,
    walk: context.walk,
    ...(view?.validate && { validate: view.validate }),
    ...(view?.validateUpdate && { validateUpdate: view.validateUpdate }),
    warn: (text) => {
      if (!warnings.includes(text)) warnings.push(text);
    },
    admit: (next, current) => {
      const actual = operation === 'UPDATE' && current === undefined ? 'CREATE' : operation;
      const name = next?.metadata.name ?? current?.metadata.name ?? info.name;
      return server.admission.validate(
        attributesOf(context, resource, actual, { name, object: next, oldObject: current, dryRun }),
      );
    },
  };
}
