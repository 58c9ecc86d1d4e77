/**
 * Questions in the shape of objects: who am I, what may I, is this token good. Nothing is stored.
 * @upstream pkg/registry/authorization and pkg/registry/authentication
 * @fidelity partial: field and label selectors of an access review do not reach the authorizer
 */
import {
  type FieldError,
  fieldErrors,
  isQualifiedName,
  isValidLabelValue,
  type KubeObject,
  statusErrors,
} from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import { formatTime } from '#engine/sim';
import { DEFAULT_AUDIENCE } from '../../authentication/service-account-tokens.ts';
import type { AuthorizationAttributes, AuthorizationDecision } from '../../authorization/authorizer.ts';
import type { ApiContext, UserInfo } from '../../context.ts';
import { readObject } from '../body.ts';
import type { Server } from '../endpoint.ts';
import { manageUnstored } from '../field-manager.ts';
import { ensureNamespace } from '../names.ts';
import { negotiate } from '../negotiate.ts';
import { writeOptionsOf } from '../options.ts';
import type { CatalogueResource } from '../resource-facts.ts';
import { respond } from '../respond.ts';

type Create = (server: Server, context: ApiContext, review: Review, manager: string) => Promise<object>;

/** A selector as text or in parts. */
interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly { readonly key?: string; readonly operator?: string; readonly values?: unknown[] }[];
}

interface ResourceAttributes {
  readonly fieldSelector?: SelectorAttributes;
  readonly labelSelector?: SelectorAttributes;
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

interface Review extends KubeObject {
  readonly spec?: {
    readonly resourceAttributes?: ResourceAttributes;
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly uid?: string;
    readonly extra?: { readonly [key: string]: readonly string[] };
    readonly namespace?: string;
    readonly token?: string;
    readonly audiences?: readonly string[];
  };
}

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

function reviewResource(group: string, kind: string, namespaced = false): CatalogueResource {
  const singular = kind.toLowerCase();
  return {
    group,
    version: 'v1',
    plural: `${singular}s`,
    singular,
    kind,
    namespaced,
    verbs: ['create'],
    shortNames: [],
    categories: [],
    storageVersionHash: undefined,
    subresources: [],
  };
}

/** The kinds that are only ever created: reviews, and the old collection of bindings. */
export const reviewResources: readonly CatalogueResource[] = [
  reviewResource(AUTHORIZATION, 'LocalSubjectAccessReview', true),
  reviewResource(AUTHORIZATION, 'SelfSubjectAccessReview'),
  reviewResource(AUTHORIZATION, 'SelfSubjectRulesReview'),
  reviewResource(AUTHORIZATION, 'SubjectAccessReview'),
  reviewResource(AUTHENTICATION, 'SelfSubjectReview'),
  reviewResource(AUTHENTICATION, 'TokenReview'),
  reviewResource('', 'Binding', true),
];

const HANDLERS: { readonly [kind: string]: Create } = {
  SelfSubjectAccessReview: (server, context, review, manager) =>
    accessReview(server, context, review, context.user, manager),
  SubjectAccessReview: subjectAccessReview,
  LocalSubjectAccessReview: localSubjectAccessReview,
  SelfSubjectRulesReview: rulesReview,
  SelfSubjectReview: selfReview,
  TokenReview: tokenReview,
};

/** Answers a review. The router has checked that the kind exists. */
export async function createReview(
  server: Server,
  context: ApiContext,
  resource: CatalogueResource,
): Promise<HttpResponse> {
  const { request } = context;
  // Reviews have no Table: asking for one is refused.
  const form = negotiate(request.headers.accept, { transforms: false });
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object, warnings } = await readObject(server, request, resource, options.fieldValidation);
  context.warnings.push(...warnings);
  ensureNamespace(object, context.info.namespace);
  const answer = await HANDLERS[resource.kind]?.(server, context, object as Review, options.fieldManager);
  return respond(201, answer ?? {}, form);
}

/** @upstream pkg/apis/authorization/validation/validation.go */
function validateSpec({ spec }: Review, withSubject: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec ?? {};
  const one = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  if (resource && path)
    errors.push(
      fieldErrors.invalid(
        'spec.nonResourceAttributes',
        pathForm(path),
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  if (!resource && !path) errors.push(fieldErrors.invalid('spec.resourceAttributes', undefined, one));
  if (withSubject && !spec?.user && !spec?.groups?.length) {
    errors.push(fieldErrors.invalid('spec.user', spec?.user ?? '', 'at least one of user or group must be specified'));
  }
  for (const field of ['fieldSelector', 'labelSelector'] as const) {
    const selector = resource?.[field];
    if (selector) checkSelector(errors, `spec.resourceAttributes.${field}`, selector, field === 'labelSelector');
  }
  return errors;
}

/** As Go prints it. */
const pathForm = ({ path = '', verb = '' }: { readonly path?: string; readonly verb?: string }) => ({
  Path: path,
  Verb: verb,
});

function checkSelector(errors: FieldError[], at: string, selector: SelectorAttributes, ofLabels: boolean): void {
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector !== '' && requirements.length > 0) {
    const why = 'may not specified at the same time as requirements';
    errors.push(fieldErrors.invalid(`${at}.rawSelector`, rawSelector, why));
  } else if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${at} is specified, requirements or rawSelector is required`;
    errors.push(fieldErrors.required(`${at}.requirements`, why));
  }
  for (const [i, { key = '', operator = '', values = [] }] of requirements.entries()) {
    const path = `${at}.requirements[${i}]`;
    if (!ofLabels && key === '') errors.push(fieldErrors.required(`${path}.key`, 'must be specified'));
    if (['In', 'NotIn'].includes(operator) && values.length === 0) {
      const why = "must be specified when `operator` is 'In' or 'NotIn'";
      errors.push(fieldErrors.required(`${path}.values`, why));
    } else if (['Exists', 'DoesNotExist'].includes(operator) && values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(fieldErrors.forbidden(`${path}.values`, why));
    }
    if (!ofLabels) continue;
    for (const fault of isQualifiedName(key)) errors.push(fieldErrors.invalid(`${path}.key`, key, fault));
    for (const [j, value] of values.entries()) {
      for (const fault of isValidLabelValue(String(value)))
        errors.push(fieldErrors.invalid(`${path}.values[${j}]`, value, fault));
    }
  }
}

async function accessReview(
  server: Server,
  context: ApiContext,
  review: Review,
  user: UserInfo,
  manager: string,
  withSubject = false,
  more: readonly FieldError[] = [],
): Promise<object> {
  const faults = validateSpec(review, withSubject);
  const owned = manageUnstored(server, context, review, manager);
  const local = review.kind === 'LocalSubjectAccessReview';
  const { managedFields: _, namespace, ...metadata } = review.metadata;
  if (Object.keys(metadata).length > 0 || (namespace && !local)) {
    const why = local ? 'must be empty except for namespace' : 'must be empty';
    faults.push(fieldErrors.invalid('metadata', owned.metadata, why));
  }
  faults.push(...more);
  if (faults.length > 0) throw statusErrors.invalid({ group: AUTHORIZATION, kind: '' }, '', faults);
  const decision = await server.authorizer.authorize(attributesOf(review, user));
  return { ...owned, status: statusOf(decision) };
}

const statusOf = ({ allowed, denied, reason, evaluationError }: AuthorizationDecision) => ({
  allowed,
  ...(denied && { denied }),
  ...(reason && { reason }),
  ...(evaluationError && { evaluationError }),
});

function attributesOf({ spec }: Review, user: UserInfo): AuthorizationAttributes {
  const resource = spec?.resourceAttributes;
  if (!resource) {
    const { path = '', verb = '' } = spec?.nonResourceAttributes ?? {};
    return {
      user,
      verb,
      path,
      isResourceRequest: false,
      apiGroup: '',
      apiVersion: '',
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
    };
  }
  return {
    user,
    verb: resource.verb ?? '',
    path: '',
    isResourceRequest: true,
    apiGroup: resource.group ?? '',
    apiVersion: resource.version || '*',
    resource: resource.resource ?? '',
    subresource: resource.subresource ?? '',
    namespace: resource.namespace ?? '',
    name: resource.name ?? '',
  };
}

function subjectOf({ spec }: Review): UserInfo {
  return {
    username: spec?.user ?? '',
    groups: spec?.groups ?? [],
    ...(spec?.uid && { uid: spec.uid }),
    ...(spec?.extra && { extra: spec.extra }),
  };
}

function subjectAccessReview(server: Server, context: ApiContext, review: Review, manager: string): Promise<object> {
  return accessReview(server, context, review, subjectOf(review), manager, true);
}

function localSubjectAccessReview(
  server: Server,
  context: ApiContext,
  review: Review,
  manager: string,
): Promise<object> {
  const { resourceAttributes: resource, nonResourceAttributes: path } = review.spec ?? {};
  const faults: FieldError[] = [];
  if (resource && (resource.namespace ?? '') !== context.info.namespace) {
    const at = 'spec.resourceAttributes.namespace';
    faults.push(fieldErrors.invalid(at, resource.namespace ?? '', 'must match metadata.namespace'));
  }
  if (path) {
    const why = 'disallowed on this kind of request';
    faults.push(fieldErrors.invalid('spec.nonResourceAttributes', pathForm(path), why));
  }
  return accessReview(server, context, review, subjectOf(review), manager, true, faults);
}

async function rulesReview(server: Server, { user }: ApiContext, review: Review): Promise<object> {
  const namespace = review.spec?.namespace ?? '';
  if (namespace === '') throw statusErrors.badRequest('no namespace on request');
  const rules = await server.authorizer.rulesFor?.(user, namespace);
  const { apiVersion, kind } = review;
  return {
    kind,
    apiVersion,
    metadata: {},
    spec: {},
    status: rules ?? { resourceRules: [], nonResourceRules: [], incomplete: true },
  };
}

async function selfReview(server: Server, { user }: ApiContext, { kind, apiVersion }: Review): Promise<object> {
  const creationTimestamp = formatTime(server.world.clock.now());
  return { kind, apiVersion, metadata: { creationTimestamp }, status: { userInfo: user } };
}

async function tokenReview(server: Server, context: ApiContext, review: Review, manager: string): Promise<object> {
  const { token, audiences } = review.spec ?? {};
  if (!token) throw statusErrors.badRequest('token is required for TokenReview in authentication');
  const found = await server.tokens.authenticate(token, audiences);
  const known = found ?? audiencelessUser(server, token, audiences);
  const status = known
    ? { authenticated: true, user: known.user, audiences: known.audiences }
    : { user: {}, error: '[invalid bearer token, unknown]' };
  return { ...manageUnstored(server, context, review, manager), status };
}

/** Tokens that name no audience are meant for the API server. */
function audiencelessUser(
  server: Server,
  token: string,
  audiences: readonly string[] = [DEFAULT_AUDIENCE],
): { readonly user: UserInfo; readonly audiences: readonly string[] } | undefined {
  const user = audiences.includes(DEFAULT_AUDIENCE) ? server.audiencelessUser(token) : undefined;
  return user && { user, audiences: [DEFAULT_AUDIENCE] };
}
