/**
 * serviceaccounts/token: a fresh token for an account, bound to a Pod when one is named.
 * @upstream pkg/registry/core/serviceaccount/storage/token.go
 * @fidelity full
 */
import { serviceAccounts } from '#engine/api';
import { type FieldError, fieldErrors, type KubeObject, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import { formatTime } from '#engine/sim';
import { type BoundObject, DEFAULT_AUDIENCE } from '../../authentication/service-account-tokens.ts';
import type { ApiContext } from '../../context.ts';
import { readObject } from '../body.ts';
import { attributesOf, type Server } from '../endpoint.ts';
import { ensureNamespace } from '../names.ts';
import { writeOptionsOf } from '../options.ts';
import { respondJson } from '../respond.ts';

export interface TokenRequest extends KubeObject {
  readonly spec?: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: {
      readonly kind?: string;
      readonly apiVersion?: string;
      readonly name?: string;
      readonly uid?: string;
    };
  };
}

const KIND = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3600;
const MINIMUM_SECONDS = 600;
/** Who asks for exactly this gets a token that lives on for a year: programs that read it once go on. */
const WARN_ONLY_SECONDS = 3607;
const YEAR_SECONDS = 365 * 24 * 3600;
const PLURALS: { readonly [kind: string]: string } = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

export async function createToken(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object } = await readObject(server, request, KIND, options.fieldValidation);
  ensureNamespace(object, info.namespace);
  const attributes = attributesOf(context, serviceAccounts, 'CREATE', {
    name: info.name,
    object,
    oldObject: undefined,
    dryRun: options.dryRun,
  });
  const tokenRequest = ((await server.admission.admit(attributes)) ?? object) as TokenRequest;
  const { name } = tokenRequest.metadata;
  if (name && name !== info.name) {
    const why = 'must match the service account name if specified';
    throw statusErrors.invalid(KIND, info.name, [fieldErrors.invalid('metadata.name', name, why)]);
  }
  const account = server.stores.of(serviceAccounts).get(info.namespace, info.name);
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS } = tokenRequest.spec ?? {};
  const faults = validate(expirationSeconds);
  if (faults.length > 0) throw statusErrors.invalid(KIND, '', faults);
  await server.admission.validate({ ...attributes, object: tokenRequest });
  const reference = tokenRequest.spec?.boundObjectRef;
  const binding = reference && boundObject(server, info.namespace, info.name, reference);
  const wanted = audiences.length > 0 ? audiences : [DEFAULT_AUDIENCE];
  const lives =
    binding?.bound.kind === 'Pod' &&
    expirationSeconds === WARN_ONLY_SECONDS &&
    wanted.every((audience) => audience === DEFAULT_AUDIENCE);
  const { token, issuedAt } = await server.tokens.issue({
    serviceAccount: account,
    audiences: wanted,
    expirationSeconds: lives ? YEAR_SECONDS : expirationSeconds,
    ...(lives && { warnAfterSeconds: expirationSeconds }),
    ...(binding && { bound: binding.bound }),
    ...(binding?.node && { node: binding.node }),
  });
  return respondJson(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: info.name, namespace: info.namespace, creationTimestamp: formatTime(server.world.clock.now()) },
    spec: {
      audiences: wanted,
      expirationSeconds,
      boundObjectRef: reference && binding ? { ...reference, uid: binding.bound.uid } : null,
    },
    status: { token, expirationTimestamp: formatTime(issuedAt + expirationSeconds * 1000) },
  });
}

function validate(seconds: number): readonly FieldError[] {
  const field = 'spec.expirationSeconds';
  if (seconds < MINIMUM_SECONDS)
    return [fieldErrors.invalid(field, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > 2 ** 32)
    return [fieldErrors.invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

type Reference = NonNullable<NonNullable<TokenRequest['spec']>['boundObjectRef']>;

/** The object the token dies with. Throws 400, 404 and 409 as upstream does. */
function boundObject(server: Server, namespace: string, account: string, reference: Reference) {
  const { kind = '', apiVersion = '', name = '', uid } = reference;
  const plural = apiVersion.includes('/') ? undefined : PLURALS[kind];
  if (!plural) {
    const [group, rest, ...more] = apiVersion.split('/');
    const version = more.length > 0 ? '/' : rest === undefined ? `/${group}` : apiVersion;
    throw statusErrors.badRequest(`cannot bind token to object of type ${version}, Kind=${kind}`);
  }
  const store = server.stores.find('', plural);
  if (!store) throw statusErrors.notFound({ group: '', resource: plural }, name);
  const object = store.get(plural === 'nodes' ? undefined : namespace, name) as KubeObject & {
    readonly spec?: { readonly serviceAccountName?: string; readonly nodeName?: string };
  };
  if (kind === 'Pod' && object.spec?.serviceAccountName !== account) {
    throw statusErrors.badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  }
  const found = object.metadata.uid ?? '';
  if (uid && uid !== found) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw statusErrors.conflict({ group: '', resource: kind }, name, why);
  }
  const nodeName = kind === 'Pod' ? object.spec?.nodeName : undefined;
  const nodeUid =
    nodeName === undefined ? undefined : server.stores.find('', 'nodes')?.find(undefined, nodeName)?.metadata.uid;
  const bound: BoundObject = { kind: kind as BoundObject['kind'], name, uid: found };
  return {
    bound,
    node: nodeName !== undefined && nodeUid !== undefined ? { name: nodeName, uid: nodeUid } : undefined,
  };
}
