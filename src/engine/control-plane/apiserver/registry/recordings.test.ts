/** What a real API server said of bodies it refused, against our strategies alone. The conformance suites compare whole answers. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { schemaFor } from '#engine/api';
import { decodeObject, deepFreeze, type FieldError, type KubeObject } from '#engine/apimachinery';
import * as cel from '#engine/cel';
import { createRng } from '#engine/sim';
import { loadCel } from '../cel-library.ts';
import { strategies } from './strategies.ts';
import type { RequestContext, Strategy } from './strategy.ts';

const FILE = '../shared/oracle/api/errors.jsonl';

interface Exchange {
  readonly id: string;
  readonly path: string;
  readonly code: number;
  readonly body?: KubeObject;
  readonly response: {
    readonly details?: { readonly causes?: readonly { readonly field: string; readonly message: string }[] };
  };
}

/** Words of allocators and admission, which are not the strategies' business. */
const ELSEWHERE =
  /failed to allocate|provided port|not configured on this cluster|dual-stack|error looking up|is forbidden|RuntimeClass|must be a valid resource|aggregate|must evaluate to bool/;

const world = {
  clock: { now: () => 0, after: () => ({ cancel: () => {} }), sleep: () => Promise.resolve() },
  rng: createRng(1),
  trace: { emit: () => {} },
} as unknown as RequestContext['world'];
const context: RequestContext = { world, user: { username: 'admin', groups: [] }, namespace: 'lab', dryRun: false };

function strategyFor(path: string): Strategy | undefined {
  const [root] = path.split('?');
  const plural = root?.split('/').at(-1);
  const group = root?.startsWith('/apis/') ? root.split('/')[2] : '';
  return strategies.find(({ resource }) => resource.plural === plural && resource.group === group);
}

/** What admission does to every Pod. */
const withAccount = (object: KubeObject & { readonly spec?: { readonly serviceAccountName?: string } }): KubeObject =>
  object.kind === 'Pod'
    ? ({ ...object, spec: { serviceAccountName: 'default', ...object.spec } } as KubeObject)
    : object;

function faultsOf(strategy: Strategy, body: KubeObject): readonly FieldError[] {
  const { object } = decodeObject(body, schemaFor(strategy.resource));
  const decoded = object as unknown as KubeObject;
  const placed = {
    ...decoded,
    metadata: { ...decoded.metadata, ...(strategy.resource.namespaced && { namespace: 'lab' }) },
  };
  const whole = deepFreeze(withAccount(strategy.defaults?.(placed) ?? placed));
  const prepared = deepFreeze(strategy.prepareForCreate?.(whole, context) ?? whole);
  return strategy.validate(prepared);
}

const lines = existsSync(FILE) ? readFileSync(FILE, 'utf8').trim().split('\n') : [];
if (lines.length === 0) process.stderr.write(`${FILE} is not here: the recorded refusals are not compared\n`);
const cases = lines
  .map((line) => JSON.parse(line) as Exchange)
  .filter(
    ({ id, code, body }) => id.startsWith('create/') && (code === 201 || code === 422) && typeof body === 'object',
  )
  .flatMap((one) => {
    const strategy = strategyFor(one.path);
    const causes = one.response.details?.causes ?? [];
    const foreign = causes.some(
      ({ field, message }) => ELSEWHERE.test(message) || /^metadata(?!\.(taints|annotations|labels\[))/.test(field),
    );
    return strategy && !foreign && (one.code === 201 || causes.length > 0) ? [{ ...one, strategy, causes }] : [];
  });

describe.skipIf(cases.length === 0)('creation', () => {
  beforeAll(() => loadCel((async () => cel) as unknown as Parameters<typeof loadCel>[0]));
  it.each(cases)('$id', ({ strategy, body, causes }) => {
    const faults = faultsOf(strategy, body as KubeObject).map(({ field, body: message }) => ({ field, message }));
    expect(faults).toEqual(causes.map(({ field, message }) => ({ field, message })));
  });
});
