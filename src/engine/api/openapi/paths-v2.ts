/** Paths of OpenAPI 3 in the form of version 2: bodies are parameters, media types belong to operations, parameters are shared. */
import type { Json } from './schemas.ts';

interface Content {
  readonly [mediaType: string]: { readonly schema?: Json };
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const ANY = ['*/*'];

/** Parameters that every operation may refer to, by `name-number`. */
class SharedParameters {
  private readonly keys = new Map<string, string>();
  private readonly byName = new Map<string, number>();
  private readonly known: [string, Json][] = [];

  refer(parameter: Json): Json {
    const text = JSON.stringify(parameter);
    let key = this.keys.get(text);
    if (key === undefined) {
      const name = String(parameter.name);
      const number = (this.byName.get(name) ?? 0) + 1;
      this.byName.set(name, number);
      key = `${name}-${number}`;
      this.keys.set(text, key);
      this.known.push([key, parameter]);
    }
    return { $ref: `#/parameters/${key}` };
  }

  all(): Json {
    return Object.fromEntries(this.known.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** References point into `definitions` in version 2. */
const withDefinitions = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/definitions/')) as Json;

function parameterOf({ name, in: where, description, required, schema }: Json): Json {
  const { type, uniqueItems } = (schema ?? {}) as Json;
  return {
    ...(uniqueItems !== undefined && { uniqueItems }),
    type,
    description,
    name,
    in: where,
    ...(required === true && { required }),
  };
}

function bodyOf({ content, required }: { readonly content: Content; readonly required?: boolean }): Json {
  const [first] = Object.values(content);
  return { name: 'body', in: 'body', ...(required && { required }), schema: withDefinitions(first?.schema ?? {}) };
}

/** Media types in the order version 2 lists them. */
const PRODUCED = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];

const PATCHES = /patch\+/;
const APPLY = 'application/apply-patch';

/** What an operation reads: patches are told apart by their media type, everything else is negotiated. */
function consumesOf(content: Content | undefined): readonly string[] {
  const types = Object.keys(content ?? {}).filter((type) => PATCHES.test(type));
  // Server-side apply comes last.
  return types.length > 0 ? types.sort((a, b) => Number(a.startsWith(APPLY)) - Number(b.startsWith(APPLY))) : ANY;
}

function responseOf({ description, content }: { readonly description?: string; readonly content?: Content }): Json {
  const [first] = Object.values(content ?? {});
  return { description, ...(first?.schema && { schema: withDefinitions(first.schema) }) };
}

function operationOf(operation: Json, shared: SharedParameters): Json {
  const {
    tags,
    description,
    operationId,
    parameters = [],
    requestBody,
    responses,
    ...extensions
  } = operation as {
    readonly parameters?: readonly Json[];
    readonly requestBody?: { readonly content: Content; readonly required?: boolean };
    readonly responses: { readonly [code: string]: { readonly description?: string; readonly content?: Content } };
  } & Json;
  const all = [...(requestBody ? [bodyOf(requestBody)] : []), ...parameters.map(parameterOf)];
  const produced = Object.values(responses).flatMap(({ content }) => Object.keys(content ?? {}));
  return {
    description,
    consumes: consumesOf(requestBody?.content),
    produces:
      produced.length > 0 ? [...new Set(produced)].sort((a, b) => PRODUCED.indexOf(a) - PRODUCED.indexOf(b)) : ANY,
    schemes: ['https'],
    tags,
    operationId,
    ...(all.length > 0 && { parameters: all.map((one) => shared.refer(one)) }),
    responses: Object.fromEntries(Object.entries(responses).map(([code, response]) => [code, responseOf(response)])),
    ...extensions,
  };
}

/**
 * `paths` and `parameters` of `/openapi/v2`.
 * @fidelity partial: shared parameters have names of our own, and all are shared
 */
export function pathsV2(paths: { readonly [path: string]: Json }): { readonly paths: Json; readonly parameters: Json } {
  const shared = new SharedParameters();
  const entries = Object.entries(paths).map(([path, item]): [string, Json] => {
    const operations = METHODS.filter((method) => item[method]).map((method) => [
      method,
      operationOf(item[method] as Json, shared),
    ]);
    const parameters = (item.parameters ?? []) as readonly Json[];
    return [
      path,
      {
        ...Object.fromEntries(operations),
        ...(parameters.length > 0 && { parameters: parameters.map((one) => shared.refer(parameterOf(one))) }),
      },
    ];
  });
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return { paths: Object.fromEntries(entries), parameters: shared.all() };
}
