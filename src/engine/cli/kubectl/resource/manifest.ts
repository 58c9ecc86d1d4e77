/**
 * Objects out of files, directories and stdin.
 * @upstream staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go
 */
import { bodyText } from '#engine/http';
import { asError, CommandError } from '../errors.ts';
import { NoKindMatch, type RestMapper } from '../rest/mapper.ts';
import { Rest } from '../rest/rest.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type Json, type JsonObject, marshal, sortKeys, text } from '../text/json.ts';
import { parseYaml, splitDocuments } from '../text/yaml-parse.ts';
import type { Info } from './info.ts';

export interface ManifestOptions {
  readonly paths: readonly string[];
  readonly recursive: boolean;
  readonly namespace: string;
  readonly enforceNamespace: boolean;
  /** Complain about a missing kind or apiVersion as the client-side validator does. */
  readonly validate: boolean;
  /** Nothing is asked of the server (--local): kinds are taken as the file has them. */
  readonly mapper: RestMapper;
}

export interface Loaded {
  readonly infos: readonly Info[];
  readonly errors: readonly Error[];
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

interface Source {
  readonly name: string;
  readonly text: string;
}

export async function loadManifests(session: Session, options: ManifestOptions): Promise<Loaded> {
  const infos: Info[] = [];
  const errors: Error[] = [];
  for (const path of options.paths) {
    for (const source of await sourcesOf(session, path, options.recursive)) {
      try {
        for (const document of documents(source)) infos.push(...decode(document, source, options));
      } catch (error) {
        errors.push(asError(error));
      }
    }
  }
  return { infos, errors };
}

/** Reads a path of -f: a file, a directory, stdin. Throws what upstream says at once. */
async function sourcesOf(session: Session, path: string, recursive: boolean): Promise<readonly Source[]> {
  if (path === '-') return [{ name: 'STDIN', text: await session.readStdin() }];
  if (/^https?:\/\//.test(path)) return [{ name: path, text: await fetchUrl(session, path) }];
  if (!session.process.fs.exists(session.resolve(path))) {
    const pattern = /[*?[]/.test(path);
    throw new CommandError(
      pattern ? `pattern ${JSON.stringify(path)} matches no files` : `the path ${JSON.stringify(path)} does not exist`,
    );
  }
  const stat = session.process.fs.stat(session.resolve(path));
  if (stat.type !== 'directory') return [{ name: path, text: session.readText(path) }];
  const files = filesIn(session, path, recursive);
  if (files.length === 0)
    throw new CommandError(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
  return files.map((name) => ({ name, text: session.readText(name) }));
}

function filesIn(session: Session, folder: string, recursive: boolean): readonly string[] {
  const out: string[] = [];
  for (const name of session.process.fs.readdir(session.resolve(folder))) {
    const path = `${folder === '.' ? '' : `${folder.replace(/\/+$/, '')}/`}${name}`;
    const stat = session.process.fs.stat(session.resolve(path));
    if (stat.type === 'directory') {
      if (recursive) out.push(...filesIn(session, path, true));
    } else if (EXTENSIONS.some((extension) => name.endsWith(extension))) out.push(path);
  }
  return out;
}

async function fetchUrl(session: Session, url: string): Promise<string> {
  const match = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(url) as RegExpExecArray;
  const rest = new Rest(
    session.process.net.fetch,
    { server: match[1] as string, headers: {} },
    { warn: () => undefined },
    undefined,
  );
  const response = await rest.request('GET', match[2] ?? '/', { accept: '*/*' });
  return bodyText(response.body);
}

/** The objects of a text, documents without content left out; keys in order, as a Go map is written. */
function* documents(source: Source): Generator<Json> {
  const trimmed = source.text.trimStart();
  if (trimmed.startsWith('{')) {
    const value = tryJson(trimmed);
    if (value !== undefined) {
      yield sortKeys(value);
      return;
    }
  }
  for (const part of splitDocuments(source.text)) {
    let value: Json;
    try {
      value = parseYaml(part).value;
    } catch (error) {
      throw new CommandError(`error parsing ${source.name}: error converting YAML to JSON: ${asError(error).message}`);
    }
    if (value !== null) yield sortKeys(value);
  }
}

function tryJson(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
}

function decode(value: Json, source: Source, options: ManifestOptions): readonly Info[] {
  if (options.validate) validate(value, source.name);
  if (!isObject(value))
    throw new CommandError(`unable to decode ${JSON.stringify(source.name)}: ${goDecodeError(value)}`);
  const problem = decodeProblem(value);
  if (problem) throw new CommandError(`unable to decode ${JSON.stringify(source.name)}: ${problem}`);
  const items = at(value, 'items');
  if (text(value, 'kind').endsWith('List') && isArray(items)) {
    return items.flatMap((item) => decode(withListKind(item, value), source, { ...options, validate: false }));
  }
  return [single(value, source, options)];
}

/** Items of a typed list (`PodList`) may lack their own kind. */
function withListKind(item: Json, list: JsonObject): Json {
  if (!isObject(item) || text(item, 'kind') !== '' || text(list, 'kind') === 'List') return item;
  return { ...item, apiVersion: text(list, 'apiVersion'), kind: text(list, 'kind').replace(/List$/, '') };
}

function single(object: JsonObject, source: Source, options: ManifestOptions): Info {
  const name = text(object, 'metadata', 'name');
  const own = text(object, 'metadata', 'namespace');
  let resource: Info['resource'];
  try {
    resource = options.mapper.kindFor(text(object, 'apiVersion'), text(object, 'kind'));
  } catch (error) {
    if (!(error instanceof NoKindMatch)) throw error;
    throw new CommandError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source.name)}: ${error.message}\nensure CRDs are installed first`,
    );
  }
  if (!resource.namespaced)
    return {
      resource,
      namespace: '',
      name,
      source: source.name,
      object: own === '' ? object : withoutNamespace(object),
    };
  if (own !== '' && options.enforceNamespace && own !== options.namespace) {
    throw new CommandError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(options.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  const namespace = own || options.namespace;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const placed = own === namespace || namespace === '' ? object : { ...object, metadata: { ...metadata, namespace } };
  return { resource, namespace, name, source: source.name, object: placed };
}

function withoutNamespace(object: JsonObject): JsonObject {
  const { namespace: _, ...metadata } = object.metadata as JsonObject;
  return { ...object, metadata };
}

/** @upstream staging/src/k8s.io/kubectl/pkg/validation/schema.go */
function validate(value: Json, source: string): void {
  const fail = (why: string) => {
    throw new CommandError(
      `error validating ${JSON.stringify(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  };
  if (!isObject(value)) fail('invalid object to validate');
  const missing: string[] = [];
  if (text(value, 'apiVersion') === '') missing.push('apiVersion not set');
  if (text(value, 'kind') === '') missing.push('kind not set');
  if (missing.length > 0) fail(missing.length === 1 ? (missing[0] as string) : `[${missing.join(', ')}]`);
}

const goDecodeError = (value: Json): string =>
  `couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;

const STRING_FIELDS = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion'];

function decodeProblem(object: JsonObject): string | undefined {
  if (text(object, 'kind') === '') return `Object 'Kind' is missing in '${marshal(sortKeys(object))}'`;
  const metadata = object.metadata;
  if (!isObject(metadata)) return undefined;
  for (const field of STRING_FIELDS) {
    const value = metadata[field];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      return `json: cannot unmarshal ${goKind(value)} into Go struct field ObjectMeta.metadata.${field} of type string`;
    }
  }
  for (const field of ['labels', 'annotations']) {
    const map = metadata[field];
    if (!isObject(map)) continue;
    const bad = Object.values(map).find((value) => value !== null && typeof value !== 'string');
    if (bad !== undefined && bad !== null)
      return `json: cannot unmarshal ${goKind(bad)} into Go struct field ObjectMeta.metadata.${field} of type string`;
  }
  return undefined;
}

const goKind = (value: Json): string =>
  typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'number'
      ? 'number'
      : Array.isArray(value)
        ? 'array'
        : typeof value === 'string'
          ? 'string'
          : 'object';
