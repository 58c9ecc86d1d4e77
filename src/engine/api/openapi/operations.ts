/** The operations of a resource as OpenAPI lists them, path by path. */
import { parameterTexts } from '../generated/descriptions.ts';
import type { CustomResourceDefinition } from '../generated/types.ts';
import { definitionOf, type GroupVersionKind } from '../scheme.ts';
import { customName } from './custom-definitions.ts';
import { describe, type Json, refTo } from './schemas.ts';

export interface OpenApiSubresource {
  readonly name: string;
  /** Absent: the resource's own kind. */
  readonly kind?: GroupVersionKind | undefined;
  readonly verbs: readonly string[];
}

/** What a server says of a resource it serves. */
export interface OpenApiResource extends GroupVersionKind {
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly OpenApiSubresource[];
  /** Where a custom resource comes from. */
  readonly definition?: CustomResourceDefinition;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const LIST =
  'allowWatchBookmarks continue fieldSelector labelSelector limit resourceVersion resourceVersionMatch sendInitialEvents shardSelector timeoutSeconds watch';
const WRITE = 'dryRun fieldManager fieldValidation';
const DELETE =
  'dryRun gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents propagationPolicy';
const DELETE_COLLECTION = `continue fieldSelector labelSelector limit resourceVersion resourceVersionMatch sendInitialEvents shardSelector timeoutSeconds ${DELETE}`;
const CONNECT: { readonly [subresource: string]: string } = {
  attach: 'container stderr stdin stdout tty',
  exec: 'command container stderr stdin stdout tty',
  log: 'container follow insecureSkipTLSVerifyBackend limitBytes pretty previous sinceSeconds stream tailLines timestamps',
  portforward: 'ports',
  proxy: 'path',
};
const integers: ReadonlySet<string> = new Set(
  'limit timeoutSeconds gracePeriodSeconds limitBytes sinceSeconds tailLines ports'.split(' '),
);
const booleans: ReadonlySet<string> = new Set(
  'allowWatchBookmarks sendInitialEvents watch ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents force follow insecureSkipTLSVerifyBackend previous timestamps stderr stdin stdout tty'.split(
    ' ',
  ),
);
const MEDIA = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'];
const WATCH_MEDIA = [
  'application/json',
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/yaml',
];
const PATCH_MEDIA = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const patchBody = (media: readonly string[]) =>
  Object.fromEntries(media.map((type) => [type, { schema: refTo(`${META}.Patch`, 3) }]));
const PATCH_BODY = patchBody(PATCH_MEDIA);
/** Custom resources have no strategies. */
const CUSTOM_PATCH_BODY = patchBody(PATCH_MEDIA.slice(0, 3));
/** Deletions of these answer with the object. */
const returnsDeleted: ReadonlySet<string> = new Set(
  'Pod PodTemplate ResourceQuota Service ServiceAccount PersistentVolume PersistentVolumeClaim CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice'.split(
    ' ',
  ),
);

let texts: { readonly [name: string]: string } | undefined;

function parameter(name: string, kind: string): Json {
  texts ??= JSON.parse(parameterTexts) as NonNullable<typeof texts>;
  const inPath = name === 'name' || name === 'namespace';
  const type = integers.has(name) ? 'integer' : booleans.has(name) ? 'boolean' : 'string';
  const description = name === 'name' ? `name of the ${kind}` : texts[name];
  return {
    name,
    in: inPath ? 'path' : 'query',
    ...(description !== undefined && { description }),
    ...(inPath && { required: true }),
    schema: { type, uniqueItems: true },
  };
}

interface Operation {
  readonly method: string;
  readonly action: string;
  readonly id: string;
  readonly description: string;
  readonly parameters: string;
  readonly kind: GroupVersionKind;
  /** The definition it answers with; none for connections. */
  readonly answers?: string;
  readonly codes?: readonly number[];
  readonly media?: readonly string[];
  readonly body?: { readonly required: boolean; readonly content: Json };
}

const codeTexts: { readonly [code: number]: string } = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function responses({ answers, codes = [200], media = MEDIA }: Operation): Json {
  const schema = answers === undefined ? { type: 'string' } : refTo(answers, 3);
  const content = Object.fromEntries(media.map((type) => [type, { schema }]));
  return {
    ...Object.fromEntries(codes.map((code) => [code, { description: codeTexts[code], content }])),
    401: { description: 'Unauthorized' },
  };
}

/** One path: what every operation takes stands beside them, the rest inside. */
function pathItem(tag: string, kindName: string, operations: readonly Operation[]): Json {
  const lists = operations.map((operation) => operation.parameters.split(' ').filter((name) => name !== ''));
  const common = (lists[0] ?? []).filter((name) => lists.every((list) => list.includes(name)));
  const render = (names: readonly string[]) =>
    names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => parameter(name, kindName));
  const item: { [key: string]: unknown } = {};
  for (const [i, operation] of operations.entries()) {
    const own = (lists[i] ?? []).filter((name) => !common.includes(name));
    const { body } = operation;
    item[operation.method] = {
      tags: [tag],
      description: operation.description,
      operationId: operation.id,
      ...(own.length > 0 && { parameters: render(own) }),
      ...(body && { requestBody: { content: body.content, ...(body.required && { required: true }) } }),
      responses: responses(operation),
      'x-kubernetes-action': operation.action,
      'x-kubernetes-group-version-kind': {
        group: operation.kind.group,
        version: operation.kind.version,
        kind: operation.kind.kind,
      },
    };
  }
  if (common.length > 0) item.parameters = render(common);
  return item;
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `RbacAuthorization` of `rbac.authorization.k8s.io`. */
export function groupName(group: string): string {
  if (group === '') return 'Core';
  return group
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map(upper)
    .join('');
}

export const tagOf = (group: string, version: string): string => {
  const name = groupName(group);
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}_${version}`;
};

const withArticle = (kind: string) =>
  kind.endsWith('s') && !kind.endsWith('ss') ? kind : `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
const bodyOf = (definition: string, required: boolean) => ({
  required,
  content: { '*/*': { schema: refTo(definition, 3) } },
});
const OLD_WATCH = "deprecated: use the 'watch' parameter with a list operation instead";

function collectionOperations(
  resource: OpenApiResource,
  definition: string,
  prefix: string,
  path: string,
): Operation[] {
  const { kind, verbs } = resource;
  const operations: Operation[] = [];
  const add = (verb: string, operation: Omit<Operation, 'kind'>) => {
    if (verbs.includes(verb)) operations.push({ kind: resource, ...operation });
  };
  add('list', {
    method: 'get',
    action: 'list',
    id: `list${prefix}${kind}`,
    description: `list or watch objects of kind ${kind}`,
    parameters: `${LIST} pretty ${path}`,
    answers: `${definition}List`,
    media: WATCH_MEDIA,
  });
  add('create', {
    method: 'post',
    action: 'post',
    id: `create${prefix}${kind}`,
    description: `create ${withArticle(kind)}`,
    parameters: `${WRITE} pretty ${path}`,
    answers: definition,
    codes: [200, 201, 202],
    body: bodyOf(definition, true),
  });
  add('deletecollection', {
    method: 'delete',
    action: 'deletecollection',
    id: `delete${prefix.replace(/(Namespaced)?$/, (namespaced) => `Collection${namespaced}`)}${kind}`,
    description: `delete collection of ${kind}`,
    parameters: `${DELETE_COLLECTION} pretty ${path}`,
    answers: `${META}.Status`,
    body: bodyOf(`${META}.DeleteOptions`, false),
  });
  return operations;
}

/** get, put and patch of an object or of a part of it. */
function partOperations(
  kind: GroupVersionKind,
  verbs: readonly string[],
  answers: string,
  id: string,
  words: string,
  path: string,
): Operation[] {
  const operations: Operation[] = [];
  const base = { kind, answers };
  if (verbs.includes('get')) {
    operations.push({
      ...base,
      method: 'get',
      action: 'get',
      id: `read${id}`,
      description: `read ${words}`,
      parameters: `pretty ${path}`,
    });
  }
  if (verbs.includes('update')) {
    operations.push({
      ...base,
      method: 'put',
      action: 'put',
      id: `replace${id}`,
      description: `replace ${words}`,
      parameters: `${WRITE} pretty ${path}`,
      codes: [200, 201],
      body: bodyOf(answers, true),
    });
  }
  if (verbs.includes('patch')) {
    operations.push({
      ...base,
      method: 'patch',
      action: 'patch',
      id: `patch${id}`,
      description: `partially update ${words}`,
      parameters: `${WRITE} force pretty ${path}`,
      codes: [200, 201],
      body: { required: true, content: 'definition' in kind ? CUSTOM_PATCH_BODY : PATCH_BODY },
    });
  }
  return operations;
}

function objectOperations(resource: OpenApiResource, definition: string, prefix: string, path: string): Operation[] {
  const { kind, verbs } = resource;
  const operations = partOperations(resource, verbs, definition, `${prefix}${kind}`, `the specified ${kind}`, path);
  if (verbs.includes('delete')) {
    operations.splice(2, 0, {
      kind: resource,
      method: 'delete',
      action: 'delete',
      id: `delete${prefix}${kind}`,
      description: `delete ${withArticle(kind)}`,
      parameters: `${DELETE} pretty ${path}`,
      answers: returnsDeleted.has(kind) ? definition : `${META}.Status`,
      codes: [200, 202],
      body: bodyOf(`${META}.DeleteOptions`, false),
    });
  }
  return operations;
}

function connectOperations(
  resource: OpenApiResource,
  part: OpenApiSubresource,
  group: string,
  scope: string,
  path: string,
): Operation[] {
  const id = `${scope}${resource.kind}${upper(part.name)}`;
  const methods =
    part.name === 'proxy' ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] : ['get', 'post'];
  return methods.map((method) => ({
    method,
    action: 'connect',
    id: `connect${group}${upper(method)}${id}`,
    description: `connect ${method.toUpperCase()} requests to ${part.name} of ${resource.kind}`,
    parameters: `${CONNECT[part.name]} ${path}`,
    kind: part.kind ?? resource,
    media: ['*/*'],
  }));
}

function subresourceOperations(
  resource: OpenApiResource,
  part: OpenApiSubresource,
  definition: string,
  group: string,
): Operation[] {
  const scope = resource.namespaced ? 'Namespaced' : '';
  const path = resource.namespaced ? 'name namespace' : 'name';
  const partKind = part.kind ?? resource;
  const answers = part.kind ? (definitionOf(part.kind) ?? definition) : definition;
  const id = `${group}${scope}${resource.kind}${upper(part.name)}`;
  const words = `${part.name} of the specified ${resource.kind}`;
  if (part.name === 'log') {
    const media = [...MEDIA, 'text/plain'];
    return [
      {
        method: 'get',
        action: 'get',
        id: `read${id}`,
        description: `read ${words}`,
        parameters: `${CONNECT.log} ${path}`,
        kind: resource,
        media,
      },
    ];
  }
  if (part.name in CONNECT) return connectOperations(resource, part, group, scope, path);
  const operations = partOperations(partKind, part.verbs, answers, id, words, path);
  if (part.verbs.includes('create')) {
    operations.push({
      method: 'post',
      action: 'post',
      id: `create${id}`,
      description: `create ${part.name} of ${withArticle(resource.kind)}`,
      parameters: `${WRITE} pretty ${path}`,
      kind: partKind,
      answers,
      codes: [200, 201, 202],
      body: bodyOf(answers, true),
    });
  }
  return operations;
}

/** Every path of a resource under `/apis/apps/v1`, with its operations. */
export function pathsOfResource(resource: OpenApiResource, root: string): readonly (readonly [string, Json])[] {
  const { kind, namespaced, plural, verbs } = resource;
  const definition = resource.definition ? customName(resource) : definitionOf(resource);
  if (definition === undefined || (!resource.definition && describe(definition) === undefined)) return [];
  const group = `${groupName(resource.group)}${upper(resource.version)}`;
  const prefix = `${group}${namespaced ? 'Namespaced' : ''}`;
  const scope = namespaced ? '/namespaces/{namespace}' : '';
  const paths: [string, Json][] = [];
  const add = (path: string, operations: readonly Operation[]) => {
    if (operations.length > 0) paths.push([path, pathItem(tagOf(resource.group, resource.version), kind, operations)]);
  };
  const list = verbs.includes('list');
  const allNamespaces = { ...resource, verbs: ['list'] };
  if (namespaced && list) {
    add(
      `${root}/${plural}`,
      collectionOperations(allNamespaces, definition, group, '').map((operation) => ({
        ...operation,
        id: `${operation.id}ForAllNamespaces`,
      })),
    );
  }
  add(`${root}${scope}/${plural}`, collectionOperations(resource, definition, prefix, namespaced ? 'namespace' : ''));
  add(
    `${root}${scope}/${plural}/{name}`,
    objectOperations(resource, definition, prefix, namespaced ? 'name namespace' : 'name'),
  );
  for (const part of resource.subresources) {
    add(`${root}${scope}/${plural}/{name}/${part.name}`, subresourceOperations(resource, part, definition, group));
  }
  if (!verbs.includes('watch')) return paths;
  const watch = (action: string, id: string, path: string): Operation => ({
    method: 'get',
    action,
    id: `watch${id}`,
    description: `watch ${action === 'watch' ? `changes to an object of kind ${kind}` : `individual changes to a list of ${kind}`}. ${OLD_WATCH}${action === 'watch' ? ', filtered to a single item' : ''}${action === 'watch' ? " with the 'fieldSelector' parameter." : '.'}`,
    parameters: `${LIST} pretty ${path}`,
    kind: resource,
    answers: `${META}.WatchEvent`,
    media: WATCH_MEDIA,
  });
  if (namespaced) add(`${root}/watch/${plural}`, [watch('watchlist', `${group}${kind}ListForAllNamespaces`, '')]);
  add(`${root}/watch${scope}/${plural}`, [watch('watchlist', `${prefix}${kind}List`, namespaced ? 'namespace' : '')]);
  add(`${root}/watch${scope}/${plural}/{name}`, [
    watch('watch', `${prefix}${kind}`, namespaced ? 'name namespace' : 'name'),
  ]);
  return paths;
}
