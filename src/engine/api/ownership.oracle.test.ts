/** Patches, managedFields and apply, against recorded sequences. What the API server adds on its own is outside. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaForKind } from '#engine/api';
import {
  decodeObject,
  fieldSetOf,
  isJsonMap,
  type JsonMap,
  type KubeObject,
  patchObject,
  StatusError,
  type StructSchema,
  serverSideApply,
  updateManagedFields,
} from '#engine/apimachinery';

const file = '../shared/oracle/api/patches.jsonl';
const present = existsSync(file);
if (!present) console.info('skipped: no recordings at ../shared/oracle');

interface Step {
  readonly method: string;
  readonly path: string;
  readonly headers?: { readonly 'Content-Type'?: string };
  readonly body?: unknown;
  readonly code: number;
  readonly response?: unknown;
}

const sequences: readonly { readonly id: string; readonly steps: readonly Step[] }[] = present
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  : [];

const TIME = '2026-01-01T00:00:00Z';
/** The server's own doing, other kinds' machinery, or a User-Agent the step does not show. */
const outside = /service-ports|hpa-scale|scale-subresource|manager-names|crd-then-cr/;

function schemaOf(object: JsonMap): StructSchema | undefined {
  const [version = '', group = ''] = String(object.apiVersion).split('/').reverse();
  return schemaForKind({ group, version, kind: String(object.kind) });
}

function decoded(value: unknown): KubeObject | undefined {
  if (!isJsonMap(value) || value.kind === 'Status' || value.kind === 'Scale' || !isJsonMap(value.metadata))
    return undefined;
  const schema = schemaOf(value);
  const restored: unknown = JSON.parse(
    JSON.stringify(value, (_, child: unknown) => (child === '<time>' ? TIME : child)),
  );
  return schema && (decodeObject(restored, schema).object as unknown as KubeObject);
}

const entriesOf = (object: KubeObject) =>
  (object.metadata.managedFields ?? []).map((entry) => ({
    ...entry,
    time: entry.time === undefined ? 'none' : 'some',
  }));

interface Case {
  readonly step: Step;
  readonly live: KubeObject | undefined;
  readonly answer: KubeObject | undefined;
  readonly schema: StructSchema;
  readonly manager: string;
  readonly subresource: string | undefined;
}

/** Every write of a sequence with the object it met. */
function writesOf(steps: readonly Step[]): Case[] {
  const cases: Case[] = [];
  let live: KubeObject | undefined;
  for (const step of steps) {
    const [path = '', query = ''] = step.path.split('?');
    const parameters = new URLSearchParams(query);
    const answer = decoded(step.response);
    const known = live ?? answer;
    const schema = known && schemaOf(known as unknown as JsonMap);
    const subresource = /\/(status|resize|approval|ephemeralcontainers)$/.exec(path)?.[1];
    if (/PATCH|PUT/.test(step.method) && schema && !path.endsWith('/scale')) {
      cases.push({ step, live, answer, schema, manager: parameters.get('fieldManager') ?? 'unknown', subresource });
    }
    if (step.method === 'DELETE') live = undefined;
    else if (step.code < 300 && answer && !parameters.has('dryRun')) live = answer;
  }
  return cases;
}

const identityOf = ({ manager, subresource, schema, live, answer }: Case) => ({
  manager,
  apiVersion: String((live ?? answer)?.apiVersion ?? schema.goName),
  subresource,
  time: TIME,
  resetFields: subresource === 'status' ? fieldSetOf(['spec'], ['metadata', 'labels']) : fieldSetOf(['status']),
});

function applyCase(one: Case): string | KubeObject {
  const force = one.step.path.includes('force=true');
  try {
    const live = one.step.code === 201 ? undefined : one.live;
    return serverSideApply(live, one.step.body as JsonMap, one.schema, { ...identityOf(one), force });
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

function updateCase(one: Case, answer: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = answer.metadata;
  const { body } = one.step;
  const sent = isJsonMap(body) && isJsonMap(body.metadata) ? body.metadata.managedFields : undefined;
  const next = {
    ...answer,
    metadata: { ...metadata, ...(sent !== undefined && { managedFields: sent }) },
  } as KubeObject;
  return updateManagedFields(one.live, next, one.schema, identityOf(one));
}

const contentType = ({ step }: Case) => step.headers?.['Content-Type'] ?? '';

describe.runIf(present)('ownership', () => {
  it.each(sequences.filter(({ id }) => !outside.test(id)).map(({ id, steps }) => [id, steps] as const))(
    '%s',
    (_, steps) => {
      for (const one of writesOf(steps)) {
        const { step, answer } = one;
        if (contentType(one).startsWith('application/apply-patch')) {
          const got = applyCase(one);
          if (typeof got === 'string' || !answer) expect(got).toBe((step.response as JsonMap).message);
          else expect(entriesOf(got)).toEqual(entriesOf(answer));
        } else if (step.code < 300 && answer && one.live) {
          expect(entriesOf(updateCase(one, answer))).toEqual(entriesOf(answer));
        }
      }
    },
  );
});

describe.runIf(present)('strategic merge', () => {
  const strategic = sequences.filter(({ id }) => id.startsWith('patches/strategic/') && !outside.test(id));
  it.each(strategic.map(({ id, steps }) => [id, steps] as const))('%s', (_, steps) => {
    for (const one of writesOf(steps)) {
      const { step, live, answer, schema } = one;
      if (!live || !answer || !contentType(one).startsWith('application/strategic')) continue;
      const patched = patchObject(live, 'strategic', { kind: 'json', value: step.body }, schema, {
        schemaOf: schemaForKind,
        fieldValidation: 'Strict',
      }).object;
      // Defaulting may add to what the patch brought; it never changes it.
      expect(answer).toMatchObject(withoutServerFields(patched));
    }
  });
});

function withoutServerFields(object: KubeObject): object {
  const { managedFields: _, resourceVersion: __, generation: ___, ...metadata } = object.metadata;
  return { ...object, metadata };
}
