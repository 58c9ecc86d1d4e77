/** What a real API server made of bodies: refusals of decoding word for word, and answers that decode to themselves. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaForKind } from '#engine/api';
import {
  decodeBody,
  decodeObject,
  type FieldValidation,
  isJsonMap,
  type JsonMap,
  StatusError,
} from '#engine/apimachinery';
import { parseYaml } from '#engine/apimachinery/yaml';

const oracle = '../shared/oracle/api/';
const present = existsSync(oracle);
if (!present) console.info('skipped: no recordings at ../shared/oracle');

interface Exchange {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  readonly code: number;
  readonly response: unknown;
}

const read = (file: string): Exchange[] =>
  present
    ? readFileSync(`${oracle}${file}`, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Exchange)
    : [];

const kindOf = (object: JsonMap) => {
  const [version = '', group = ''] = String(object.apiVersion).split('/').reverse();
  return { group, version, kind: String(object.kind) };
};

function messageOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
  return undefined;
}

describe.runIf(present)('refusals', () => {
  const refused = read('errors.jsonl').filter(
    ({ method, response }) =>
      /POST|PUT/.test(method) &&
      isJsonMap(response) &&
      /cannot be handled as a|object provided is unrecognized/.test(String(response.message)),
  );
  // Recordings replace what looks like a time, even inside Go's layout; crd/ needs a definition first.
  const cases = refused
    .filter(({ id }) => !/renewTime|^crd\//.test(id))
    .map((exchange) => [exchange.id, exchange] as const);

  it.each(cases)('%s', (_, { path, headers, body, response }) => {
    const message = (response as JsonMap).message;
    const kind = /(?:handled as a|must be of type) (\w+)/.exec(String(message))?.[1] ?? '';
    const [, root, first = '', second = ''] = path.split('/');
    const expected = root === 'api' ? { group: '', version: first, kind } : { group: first, version: second, kind };
    const fieldValidation = (/fieldValidation=(Strict|Ignore)/.exec(path)?.[1] ?? 'Warn') as FieldValidation;
    const decode = () =>
      decodeBody(
        typeof body === 'string' ? { kind: 'text', text: body, readYaml: parseYaml } : { kind: 'json', value: body },
        {
          contentType: headers?.['Content-Type'],
          expected,
          schemaOf: schemaForKind,
          fieldValidation,
        },
      );
    expect(messageOf(decode)).toBe(message);
  });
});

it.runIf(present)('every recorded answer decodes to itself', () => {
  const lists = new Set(['conditions']);
  const restore = (key: string, value: unknown) =>
    value === '<time>' ? '2026-01-01T00:00:00Z' : value === null && lists.has(key) ? undefined : value;
  let count = 0;
  for (const { id, code, response } of read('defaults.jsonl')) {
    if (code >= 300 || !isJsonMap(response)) continue;
    const schema = schemaForKind(kindOf(response));
    if (!schema) continue;
    const object: unknown = JSON.parse(JSON.stringify(response, restore));
    expect(decodeObject(object, schema), id).toEqual({ object, strictErrors: [] });
    count++;
  }
  expect(count).toBeGreaterThan(300);
});
