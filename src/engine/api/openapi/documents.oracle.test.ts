/** The facts written by hand and the documents built from them, against what a real API server serves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type OpenApiResource, openApiV2, openApiV3Group } from '#engine/api/openapi';
import { isJsonMap, type JsonMap } from '#engine/apimachinery';

const oracle = '../shared/oracle/api/';
const present = existsSync(oracle);
if (!present) console.info('skipped: no recordings at ../shared/oracle');

const FILE = /^v3\.(?:api|apis_([^_]+))_(v\d)\.json\.gz$/;
const files = present ? readdirSync(`${oracle}openapi`).filter((file) => FILE.test(file)) : [];

/** Prose and the order of required fields aside. */
function bare(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return key === 'required' ? value.toSorted() : value.map((item) => bare(item));
  if (!isJsonMap(value)) return value;
  const entries = Object.entries(value).filter(([name, child]) => name !== 'description' || typeof child !== 'string');
  return Object.fromEntries(entries.map(([name, child]) => [name, bare(child, name)]));
}

interface Discovered {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

function servedBy(group: string, version: string): OpenApiResource[] {
  const id = `discovery/${group === '' ? 'api' : `apis/${group}`}/${version}`;
  const line = readFileSync(`${oracle}reads.jsonl`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`{"id":"${id}","`));
  if (line === undefined) return [];
  const { resources } = (JSON.parse(line) as { readonly response: { readonly resources: readonly Discovered[] } })
    .response;
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({
      group,
      version,
      kind,
      plural: name,
      namespaced,
      verbs,
      subresources: resources
        .filter((part) => part.name.startsWith(`${name}/`))
        .map((part) => ({
          name: part.name.slice(name.length + 1),
          verbs: part.verbs,
          ...(part.kind !== kind && {
            kind: { group: part.group ?? group, version: part.version ?? version, kind: part.kind },
          }),
        })),
    }));
}

describe.runIf(present)('OpenAPI v3', () => {
  it.each(files)('%s', (file) => {
    const [, group = '', version = ''] = FILE.exec(file) ?? [];
    const resources = servedBy(group, version);
    if (resources.length === 0) return;
    const recorded = JSON.parse(gunzipSync(readFileSync(`${oracle}openapi/${file}`)).toString()) as {
      readonly paths: JsonMap;
      readonly components: { readonly schemas: JsonMap };
    };
    const built = openApiV3Group({ group, version }, resources) as typeof recorded;
    const known = new Set(['CertificateSigningRequestSpec', 'IngressRule']);
    for (const [name, schema] of Object.entries(recorded.components.schemas)) {
      if (!known.has(name.slice(name.lastIndexOf('.') + 1)))
        expect(bare(built.components.schemas[name]), name).toEqual(bare(schema));
    }
    for (const [path, item] of Object.entries(recorded.paths)) {
      // Discovery does not say that a proxy takes paths below it.
      if (!path.endsWith('/proxy/{path}')) expect(bare(built.paths[path]), path).toEqual(bare(item));
    }
  });
});

describe.skipIf(!present)('paths in version 2', () => {
  const group = { group: 'apps', version: 'v1' };
  const recorded = JSON.parse(gunzipSync(readFileSync(`${oracle}openapi/v2.json.gz`)).toString()) as JsonMap;
  const ours = openApiV2(servedBy(group.group, group.version)) as JsonMap;

  /** An item with its shared parameters in place, in one order. */
  const inPlace = (document: JsonMap, value: unknown): unknown => {
    if (Array.isArray(value)) {
      const items = value.map((item) => inPlace(document, item));
      return items.some((item) => isJsonMap(item) && 'in' in item)
        ? items.toSorted((a, b) => String((a as JsonMap).name).localeCompare(String((b as JsonMap).name)))
        : items;
    }
    if (!isJsonMap(value)) return value;
    const [, shared] = /^#\/parameters\/(.+)$/.exec(String(value.$ref)) ?? [];
    if (shared !== undefined) return inPlace(document, (document.parameters as JsonMap)[shared]);
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, inPlace(document, child)]));
  };

  it.each(Object.keys(ours.paths as JsonMap))('%s', (path) => {
    const item = (document: JsonMap) => bare(inPlace(document, (document.paths as JsonMap)[path]));
    expect(item(ours)).toEqual(item(recorded));
  });
});
