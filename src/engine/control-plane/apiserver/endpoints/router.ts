/** From a request's target to the handler that serves it; 404 and 405 as upstream's router answers them. */
import { StatusError, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { hasDeleteCollection } from './catalogue.ts';
import { componentStatus, componentStatusResource } from './component-status.ts';
import { deleteCollection, deleteObject } from './delete.ts';
import type { CustomServed, Served, Server } from './endpoint.ts';
import { notFoundPage } from './not-found.ts';
import { patchObject } from './patch.ts';
import { methodNotAllowed, unknownResource } from './plain-error.ts';
import { getObject, getPart, listObjects } from './read.ts';
import type { CatalogueResource } from './resource-facts.ts';
import { createBinding } from './subresources/binding.ts';
import { connectAttach, connectExec, connectPortForward } from './subresources/connect.ts';
import { createEviction } from './subresources/eviction.ts';
import { getLog } from './subresources/log.ts';
import { connectProxy } from './subresources/proxy.ts';
import { createReview, reviewResources } from './subresources/reviews.ts';
import { createToken } from './subresources/token.ts';
import { createObject, updateObject } from './write.ts';

type Verb = (server: Server, context: ApiContext, served: Served) => Promise<HttpResponse>;
type Verbs = { readonly [method: string]: Verb };

const ACROSS_NAMESPACES: Verbs = { GET: listObjects };
const COLLECTION: Verbs = { GET: listObjects, POST: createObject, DELETE: deleteCollection };
const UNDELETABLE_COLLECTION: Verbs = { GET: listObjects, POST: createObject };
const ITEM: Verbs = { GET: getObject, PUT: updateObject, PATCH: patchObject, DELETE: deleteObject };
const PART: Verbs = { GET: getPart, PUT: updateObject, PATCH: patchObject };
const FINALIZE: Verbs = { PUT: updateObject };

const PROXY: Verbs = Object.fromEntries(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, connectProxy]),
);

/** Subresources that are not just another way to write the object. */
const SPECIAL: { readonly [resource: string]: { readonly [subresource: string]: Verbs } } = {
  pods: {
    attach: { GET: connectAttach, POST: connectAttach },
    binding: { POST: createBinding },
    eviction: { POST: createEviction },
    exec: { GET: connectExec, POST: connectExec },
    log: { GET: getLog },
    portforward: { GET: connectPortForward, POST: connectPortForward },
    proxy: PROXY,
  },
  services: { proxy: PROXY },
  nodes: { proxy: PROXY },
  serviceaccounts: { token: { POST: createToken } },
};

/** Serves a resource request. Throws 404 and 405. */
export async function route(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const review = reviewResources.find(
    ({ group, version, plural }) => plural === info.resource && group === info.apiGroup && version === info.apiVersion,
  );
  if (review) return routeReview(server, context, review);
  if (info.resource === componentStatusResource.plural && info.apiGroup === '') return componentStatus(server, context);
  const served = server.stores.served(info.apiGroup, info.apiVersion, info.resource);
  if (!served) {
    if (info.apiPrefix === 'apis' && !hasGroup(server, info.apiGroup)) return notFoundPage();
    throw unknownResource();
  }
  if (served.custom && !inScope(served, context)) return notFoundPage();
  if (served.custom) checkCustomVerb(served.custom, context);
  const verb = verbsFor(served, context)[request.method];
  if (!verb) throw served.custom ? verbNotAllowed(context) : methodNotAllowed();
  const { deprecation } = served.store.strategy;
  if (deprecation) context.warnings.push(deprecation);
  return verb(server, context, served);
}

/** Kinds that are only created. */
async function routeReview(server: Server, context: ApiContext, review: CatalogueResource): Promise<HttpResponse> {
  const { request, info } = context;
  if (info.parts.length > 1 || (info.namespace !== '') !== review.namespaced) throw unknownResource();
  if (request.method !== 'POST') throw methodNotAllowed();
  return review.kind === 'Binding' ? createBinding(server, context) : createReview(server, context, review);
}

/** Groups of custom resources are answered for by another part of the server, which has other words for what is not there. */
function hasGroup(server: Server, group: string): boolean {
  return (
    server.stores.allServed().some(({ resource, custom }) => !custom && resource.group === group) ||
    reviewResources.some((one) => one.group === group)
  );
}

/** Whether the path names a namespace just when the custom resource has one; lists and watches may span them. */
function inScope({ resource }: Served, { info }: ApiContext): boolean {
  if (!resource.namespaced) return info.namespace === '';
  return info.namespace !== '' || info.verb === 'list' || info.verb === 'watch';
}

const verbNotAllowed = ({ info }: ApiContext) =>
  statusErrors.methodNotSupported({ group: info.apiGroup, resource: info.resource }, info.verb);

/** Nothing is created any more while the definition is going. Throws 404 and 405. */
function checkCustomVerb({ definition }: CustomServed, context: ApiContext): void {
  const { info } = context;
  const version = definition.spec.versions.find(({ name }) => name === info.apiVersion);
  const { status, scale } = version?.subresources ?? {};
  const known =
    info.subresource === '' || (info.subresource === 'status' ? status : info.subresource === 'scale' && scale);
  if (!known) throw statusErrors.notFound({ group: info.apiGroup, resource: info.resource }, info.name);
  const terminating = definition.status.conditions?.some((one) => one.type === 'Terminating' && one.status === 'True');
  if (info.verb !== 'create' || !terminating) return;
  const { status: refusal } = verbNotAllowed(context);
  const message = `${info.verb} not allowed while custom resource definition is terminating`;
  throw new StatusError({ ...refusal, message });
}

function verbsFor(served: Served, { info }: ApiContext): Verbs {
  const { namespaced } = served.resource;
  const depth = info.parts.length;
  if (!namespaced && info.namespace && info.resource !== 'namespaces') throw unknownResource();
  if (info.verb === 'watch' && depth <= 2) return ACROSS_NAMESPACES;
  if (depth === 1) {
    if (namespaced && !info.namespace) return ACROSS_NAMESPACES;
    return hasDeleteCollection(served.resource) ? COLLECTION : UNDELETABLE_COLLECTION;
  }
  if (namespaced && !info.namespace) throw unknownResource();
  if (depth === 2) return ITEM;
  const verbs = depth === 3 || info.subresource === 'proxy' ? subresourceVerbs(served, info.subresource) : undefined;
  if (!verbs) throw unknownResource();
  return verbs;
}

/** What a subresource may be asked; undefined when there is none of that name. */
function subresourceVerbs({ resource, store: { strategy } }: Served, subresource: string): Verbs | undefined {
  const special = resource.group === '' ? SPECIAL[resource.plural]?.[subresource] : undefined;
  if (special) return special;
  if (subresource === 'status') return strategy.status && PART;
  if (subresource === 'scale') return strategy.scale && PART;
  if (strategy.subresources?.[subresource]) return subresource === 'finalize' ? FINALIZE : PART;
  return undefined;
}
