/** What the buttons do to each object of a file, one after the other, and what the server said to it. */
import type { Resource } from '#engine/api';
import { isNotFound, type KubeObject, type Status, StatusError } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { bodyJson } from '#engine/http';
import type { Manifest } from '../manifest/manifests.ts';
import { type Cause, causesOf, fieldOfWarning } from '../manifest/refusal.ts';
import { type Kinds, resourceOf } from './kinds.ts';
import { sameObject, toYaml } from './object-yaml.ts';

export const FIELD_MANAGER = 'podarium-editor';
const DEFAULT_NAMESPACE = 'default';

export type Verdict = 'created' | 'configured' | 'unchanged' | 'deleted' | 'absent' | 'refused';

/** What happened to one object. */
export interface Outcome {
  readonly manifest: Manifest;
  /** `deployment.apps/web` */
  readonly title: string;
  readonly namespace: string | undefined;
  readonly verdict: Verdict;
  readonly warnings: readonly Cause[];
  /** Why it was refused. */
  readonly causes: readonly Cause[];
  /** Other managers own fields that are written here: applying by force takes them over. */
  readonly conflict: boolean;
  readonly resource: Resource | undefined;
  readonly name: string;
}

/** An object as it is and as it would be. */
export interface Change extends Outcome {
  readonly before: string;
  readonly after: string;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

interface Target {
  readonly manifest: Manifest;
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string;
}

interface Answer {
  readonly object: KubeObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
}

export function applyAll(
  client: Client,
  kinds: Kinds,
  manifests: readonly Manifest[],
  options: ApplyOptions,
): Promise<readonly Outcome[]> {
  return inOrder(kinds, manifests, async (target) => {
    const before = await live(client, target);
    const { object, created, warnings } = await write(client, target, options);
    const same = before && sameObject(before, object, options.dryRun);
    const verdict = created ? 'created' : same ? 'unchanged' : 'configured';
    return outcome(target, verdict, warnings);
  });
}

/** What a dry run would change, and nothing changed. */
export function diffAll(
  client: Client,
  kinds: Kinds,
  manifests: readonly Manifest[],
): Promise<readonly (Outcome | Change)[]> {
  return inOrder(kinds, manifests, async (target) => {
    const before = await live(client, target);
    const { object, created, warnings } = await write(client, target, { dryRun: true, force: true });
    const verdict = created ? 'created' : before && sameObject(before, object, true) ? 'unchanged' : 'configured';
    return { ...outcome(target, verdict, warnings), before: before ? toYaml(before) : '', after: toYaml(object) };
  });
}

export function deleteAll(client: Client, kinds: Kinds, manifests: readonly Manifest[]): Promise<readonly Outcome[]> {
  return inOrder(kinds, manifests, async (target) => {
    try {
      await client.delete(target.resource, target, { propagationPolicy: 'Background' });
      return outcome(target, 'deleted', []);
    } catch (error) {
      if (isNotFound(error)) return outcome(target, 'absent', []);
      throw error;
    }
  });
}

async function inOrder<T extends Outcome>(
  kinds: Kinds,
  manifests: readonly Manifest[],
  act: (target: Target) => Promise<T>,
): Promise<readonly (T | Outcome)[]> {
  const outcomes: (T | Outcome)[] = [];
  for (const manifest of manifests) {
    const target = targetOf(kinds, manifest);
    try {
      outcomes.push('resource' in target ? await act(target) : refused(manifest, undefined, target));
    } catch (error) {
      const status =
        error instanceof StatusError
          ? error.status
          : { message: error instanceof Error ? error.message : String(error) };
      outcomes.push(refused(manifest, 'resource' in target ? target : undefined, status));
    }
  }
  return outcomes;
}

function targetOf(kinds: Kinds, manifest: Manifest): Target | Pick<Status, 'message'> {
  const { apiVersion, kind, metadata } = manifest.object;
  const resource = resourceOf(kinds, apiVersion, kind);
  if (!resource) {
    return {
      message: `resource mapping not found for name: "${metadata.name ?? ''}" namespace: "${metadata.namespace ?? ''}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    };
  }
  const namespace = resource.namespaced ? (metadata.namespace ?? DEFAULT_NAMESPACE) : undefined;
  if (metadata.name === undefined && metadata.generateName === undefined)
    return { message: 'resource name may not be empty' };
  return { manifest, resource, namespace, name: metadata.name ?? '' };
}

async function live(client: Client, { resource, namespace, name }: Target): Promise<KubeObject | undefined> {
  if (name === '') return undefined;
  try {
    return await client.get(resource, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Server-side apply; an object without a name is created. */
async function write(client: Client, target: Target, { dryRun, force }: ApplyOptions): Promise<Answer> {
  const { resource, namespace, name, manifest } = target;
  const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' });
  if (dryRun) query.set('dryRun', 'All');
  if (force) query.set('force', 'true');
  const body =
    namespace === undefined
      ? manifest.object
      : { ...manifest.object, metadata: { ...manifest.object.metadata, namespace } };
  const path = pathOf(resource, namespace, name);
  const response =
    name === ''
      ? await client.request('POST', `${path}?${without(query, 'force')}`, { body })
      : await client.request('PATCH', `${path}?${query}`, {
          body,
          headers: { 'content-type': 'application/apply-patch+yaml' },
        });
  const warning = response.headers.warning;
  return {
    object: (await bodyJson(response.body)) as KubeObject,
    created: response.status === 201,
    warnings: warning === undefined ? [] : parseWarnings(warning),
  };
}

function without(query: URLSearchParams, name: string): URLSearchParams {
  query.delete(name);
  return query;
}

function pathOf(resource: Resource, namespace: string | undefined, name: string): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.plural}${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
}

/** `299 - "text", 299 - "text"` */
const parseWarnings = (header: string): readonly string[] =>
  [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));

const titleOf = (resource: Resource, name: string): string =>
  `${resource.singular}${resource.group ? `.${resource.group}` : ''}/${name}`;

function outcome(
  { manifest, resource, namespace, name }: Target,
  verdict: Verdict,
  warnings: readonly string[],
): Outcome {
  return {
    manifest,
    resource,
    namespace,
    name,
    title: titleOf(resource, name || (manifest.object.metadata.generateName ?? '')),
    verdict,
    warnings: warnings.map((message) => ({ field: fieldOfWarning(message), message })),
    causes: [],
    conflict: false,
  };
}

function refused(
  manifest: Manifest,
  target: Target | undefined,
  status: Pick<Status, 'message' | 'details' | 'reason'>,
): Outcome {
  const { kind, metadata } = manifest.object;
  const name = metadata.name ?? '';
  return {
    manifest,
    resource: target?.resource,
    namespace: target?.namespace,
    name,
    title: target ? titleOf(target.resource, name) : `${kind.toLowerCase()}/${name}`,
    verdict: 'refused',
    warnings: [],
    causes: causesOf(status),
    conflict: status.reason === 'Conflict',
  };
}
