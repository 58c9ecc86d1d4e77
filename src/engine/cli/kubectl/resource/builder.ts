/**
 * What a command line points at: files, `TYPE NAME…`, `TYPE/NAME…`, selectors. One query, one list of infos.
 * @upstream staging/src/k8s.io/cli-runtime/pkg/resource/builder.go
 */
import { StatusError } from '#engine/apimachinery';
import { asError, CommandError, UrlError } from '../errors.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { groupResource, type RestMapper } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { fetchObject, listAll } from './fetch.ts';
import { type Info, infoFor } from './info.ts';
import { loadManifests } from './manifest.ts';

export interface Query {
  readonly args: readonly string[];
  readonly filenames?: readonly string[];
  readonly recursive?: boolean;
  readonly kustomize?: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** `TYPE` alone means all of them (get, describe). */
  readonly selectAllWithoutName?: boolean;
  /** --all */
  readonly all?: boolean;
  readonly allNamespaces?: boolean;
  readonly chunkSize?: number;
  /** Fetch what was named; otherwise only names are known. */
  readonly fetch?: boolean;
  readonly subresource?: string;
  /** Files stand for themselves, nothing is asked of the server. */
  readonly local?: boolean;
  /** Check files as the client-side validator does. */
  readonly validate?: boolean;
  readonly continueOnError?: boolean;
  readonly ignoreNotFound?: boolean;
  /** `TYPE` was given before: every argument is a name (cordon). */
  readonly impliedType?: string;
}

export interface Selection {
  readonly infos: readonly Info[];
  readonly errors: readonly Error[];
  /** One named thing was asked for, so it is printed bare instead of in a list. */
  readonly single: boolean;
  /** Named types, for messages about nothing found. */
  readonly resources: readonly ApiResource[];
}

/** A bulk target before anything is fetched: for lists and watches. */
export interface Plan {
  readonly kind: 'files' | 'names' | 'lists';
  readonly namespace: string;
  readonly names: readonly { readonly resource: ApiResource; readonly name: string; readonly namespace: string }[];
  readonly resources: readonly ApiResource[];
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  readonly single: boolean;
}

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

const filesOf = (query: Query): readonly string[] => query.filenames ?? [];

/** Decides between files, names and lists; throws upstream's complaints. */
export async function plan(session: Session, query: Query): Promise<Plan> {
  const { name: namespace } = session.namespace();
  const selectors = {
    labelSelector: query.labelSelector || undefined,
    fieldSelector: query.fieldSelector || undefined,
  };
  if (query.kustomize) throw kustomizeRefused(session, query.kustomize);
  if (filesOf(query).length > 0) {
    if (query.args.length > 0)
      throw new CommandError(
        'when paths, URLs, or stdin is provided as resource input, you may not specify resource arguments as well',
      );
    return { kind: 'files', namespace, names: [], resources: [], ...selectors, single: false };
  }
  const args = query.impliedType ? withType(query.impliedType, query.args) : query.args;
  const parsed = parseArgs(args);
  const bySelector =
    selectors.labelSelector !== undefined ||
    selectors.fieldSelector !== undefined ||
    query.all === true ||
    (query.selectAllWithoutName === true && parsed.names.length === 0 && parsed.types.length > 0);
  if (bySelector) {
    if (parsed.pairs.length > 0)
      throw new CommandError('selectors and the all flag cannot be used when passing resource/name arguments');
    if (parsed.names.length > 0) {
      throw new CommandError(
        query.all
          ? 'name cannot be provided when a selector is specified'
          : 'name cannot be provided when a selector is specified',
      );
    }
    if (parsed.types.length === 0) throw new CommandError('at least one resource must be specified to use a selector');
    if (query.subresource) throw new CommandError('subresource cannot be used when bulk resources are specified');
    const resources = await resolveTypes(session, parsed.types);
    return { kind: 'lists', namespace, names: [], resources, ...selectors, single: false };
  }
  const names = await resolveNames(session, parsed, query, namespace);
  if (names.length === 0) {
    if (parsed.types.length > 0) {
      await resolveTypes(session, parsed.types);
      throw new CommandError('resource(s) were provided, but no name was specified');
    }
    throw new CommandError(MISSING);
  }
  return {
    kind: 'names',
    namespace,
    names,
    resources: [...new Set(names.map((one) => one.resource))],
    ...selectors,
    single: names.length === 1,
  };
}

function kustomizeRefused(session: Session, path: string): CommandError {
  const fs = session.process.fs;
  const full = session.resolve(path).replace(/\/\.$/, '');
  if (!fs.exists(full)) {
    return new CommandError(
      `must build at directory: not a valid directory: evalsymlink failure on '${path}' : lstat ${full}: no such file or directory`,
    );
  }
  const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
  if (!names.some((name) => fs.exists(`${full}/${name}`))) {
    return new CommandError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${full}'`,
    );
  }
  return new CommandError('kustomizations are not supported yet');
}

const withType = (type: string, args: readonly string[]): readonly string[] =>
  args.length === 0
    ? [type]
    : args.some((arg) => arg.includes('/'))
      ? args.map((arg) => (arg.includes('/') ? arg : `${type}/${arg}`))
      : [type, ...args];

interface ParsedArgs {
  readonly types: readonly string[];
  readonly names: readonly string[];
  readonly pairs: readonly { readonly type: string; readonly name: string }[];
}

function parseArgs(args: readonly string[]): ParsedArgs {
  const slashes = args.filter((arg) => arg.includes('/')).length;
  if (slashes > 0) {
    if (slashes !== args.length) {
      throw new CommandError(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      );
    }
    return { types: [], names: [], pairs: args.map(pairOf) };
  }
  const [first, ...names] = args;
  if (first === undefined) return { types: [], names: [], pairs: [] };
  const types = splitTypes(first);
  if (types.length > 1 && names.length > 0) {
    return { types: [], names: [], pairs: types.flatMap((type) => names.map((name) => ({ type, name }))) };
  }
  return { types, names, pairs: [] };
}

const splitTypes = (arg: string): readonly string[] => [...new Set(arg.split(',').filter((type) => type !== ''))];

function pairOf(arg: string): { readonly type: string; readonly name: string } {
  const parts = arg.split('/');
  if (parts.length !== 2) throw new CommandError('arguments in resource/name form may not have more than one slash');
  const [type, name] = parts as [string, string];
  if (type === '' || name === '' || splitTypes(type).length !== 1) {
    throw new CommandError('arguments in resource/name form must have a single resource and name');
  }
  return { type, name };
}

async function resolveTypes(session: Session, types: readonly string[]): Promise<readonly ApiResource[]> {
  const mapper = await session.mapper();
  const out: ApiResource[] = [];
  for (const type of types) {
    const found = mapper.category(type) ?? [lookup(session, mapper, type)];
    for (const resource of found)
      if (!out.some((one) => groupResource(one) === groupResource(resource))) out.push(resource);
  }
  return out;
}

/** A category stands for its members; `all x` names several types at once, which needs one. */
async function resolveNames(
  session: Session,
  parsed: ParsedArgs,
  query: Query,
  namespace: string,
): Promise<Plan['names']> {
  const mapper = parsed.pairs.length > 0 || parsed.names.length > 0 ? await session.mapper() : undefined;
  if (!mapper) return [];
  const [type] = parsed.types;
  const pairs = parsed.pairs.length > 0 ? parsed.pairs : parsed.names.map((name) => ({ type: type as string, name }));
  if (parsed.pairs.length === 0 && (mapper.category(type as string)?.length ?? 1) > 1)
    throw new CommandError('you must specify only one resource');
  const resolved = new Map<string, ApiResource>();
  const out = [];
  for (const pair of pairs) {
    const resource = resolved.get(pair.type) ?? lookup(session, mapper, pair.type);
    resolved.set(pair.type, resource);
    if (resource.namespaced && query.allNamespaces)
      throw new CommandError('a resource cannot be retrieved by name across all namespaces');
    out.push({ resource, name: pair.name, namespace: resource.namespaced ? namespace : '' });
  }
  return out;
}

export function lookup(session: Session, mapper: RestMapper, type: string): ApiResource {
  const found = mapper.lookup(type);
  if (found.warning) session.warn(found.warning);
  return found.resource;
}

/** Everything the query selects. Throws on a wrong command line; what fails for single objects is collected. */
export async function select(session: Session, query: Query): Promise<Selection> {
  const decided = await plan(session, query);
  if (decided.kind === 'files') return fromFiles(session, query, decided);
  const errors: Error[] = [];
  const infos: Info[] = [];
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      errors.push(asError(error));
    }
  };
  for (const { resource, name, namespace } of decided.names) {
    await attempt(async () => {
      const info: Info = { resource, name, namespace, source: '' };
      infos.push(query.fetch === false ? info : await fetchObject(session, info, query.subresource));
    });
  }
  for (const resource of decided.resources.filter(() => decided.kind === 'lists')) {
    await attempt(async () => {
      infos.push(...(await listInfos(session, query, decided, resource)));
    });
  }
  return { infos, errors, single: decided.single, resources: decided.resources };
}

async function listInfos(
  session: Session,
  query: Query,
  decided: Plan,
  resource: ApiResource,
): Promise<readonly Info[]> {
  const mapper = await session.mapper();
  const list = await listAll(session, resource, query.allNamespaces ? '' : decided.namespace, {
    labelSelector: decided.labelSelector,
    fieldSelector: decided.fieldSelector,
    chunkSize: query.chunkSize ?? 500,
  });
  return list.items.map((object) => infoFor(mapper, object));
}

/** Validation needs the server's schemas: that they cannot be had is told first. */
async function mapperForFiles(session: Session, query: Query): Promise<RestMapper> {
  try {
    return await session.mapper(query.validate ? 0 : 5);
  } catch (error) {
    if (!query.validate || !(error instanceof UrlError || error instanceof StatusError)) throw error;
    const why = error.message.replace('/api?timeout', '/openapi/v2?timeout');
    throw new CommandError(
      `error validating ${JSON.stringify(filesOf(query)[0] ?? '')}: error validating data: failed to download openapi: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  }
}

async function fromFiles(session: Session, query: Query, decided: Plan): Promise<Selection> {
  const { name: namespace, enforced } = session.namespace();
  const loaded = await loadManifests(session, {
    paths: filesOf(query),
    recursive: query.recursive ?? false,
    namespace: query.local ? '' : namespace,
    enforceNamespace: enforced && !query.local,
    validate: query.validate ?? false,
    mapper: await mapperForFiles(session, query),
  });
  const errors = [...loaded.errors];
  const single = loaded.infos.length === 1 && filesOf(query).length === 1;
  const resources = [...new Set(loaded.infos.map((info) => info.resource))];
  if (query.local || query.fetch === false) return { infos: loaded.infos, errors, single, resources };
  const infos: Info[] = [];
  for (const info of loaded.infos) {
    try {
      infos.push(await fetchObject(session, info, query.subresource));
    } catch (error) {
      errors.push(asError(error));
    }
  }
  return { infos, errors, single, resources: decided.resources.length > 0 ? decided.resources : resources };
}
