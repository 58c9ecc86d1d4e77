import { describe, expect, it } from 'vitest';
import { configMaps, deployments, schemaFor } from '#engine/api';
import {
  decodeObject,
  fieldSetOf,
  type KubeObject,
  managedFieldsFromScale,
  printMembers,
  StatusError,
  scaleManagedFields,
  serverSideApply,
  updateManagedFields,
} from '#engine/apimachinery';

const schema = schemaFor(configMaps);
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;

function configMap(
  data: { readonly [key: string]: string },
  annotations?: { readonly [key: string]: string },
): KubeObject {
  const metadata = { name: 'cm', namespace: 'default', ...(annotations && { annotations }) };
  return decodeObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, schema).object as unknown as KubeObject;
}

const withData = (live: KubeObject, data: object): KubeObject =>
  ({ ...live, data: { ...(live as { data?: object }).data, ...data } }) as KubeObject;
const by = (manager: string, second = 0) => ({ manager, apiVersion: 'v1', time: at(second) });
const apply = (live: KubeObject | undefined, data: object, manager: string, second: number, force = false) =>
  serverSideApply(live, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data }, schema, {
    ...by(manager, second),
    force,
  });
const owners = (object: KubeObject) =>
  (object.metadata.managedFields ?? []).map((entry) => [
    entry.manager,
    entry.operation,
    ...printMembers(entry.fieldsV1 ?? {}),
  ]);

describe('updates', () => {
  it('keep ten managers, the oldest in one bucket', () => {
    let live = updateManagedFields(undefined, configMap({ k0: '0' }), schema, by('m0', 0));
    for (let i = 1; i < 14; i++)
      live = updateManagedFields(live, withData(live, { [`k${i}`]: 'x' }), schema, by(`m${i}`, i));
    const managers = (live.metadata.managedFields ?? []).map(({ manager }) => manager);
    expect(managers).toHaveLength(10);
    expect(managers[0]).toBe('ancient-changes');
    expect(owners(live)[0]).toEqual([
      'ancient-changes',
      'Update',
      '.data',
      '.data.k0',
      '.data.k1',
      '.data.k2',
      '.data.k3',
      '.data.k4',
    ]);
    expect(live.metadata.managedFields?.[0]?.time).toBe(at(4));
  });

  it('move a field to whoever changed it last and share the untouched entries', () => {
    const first = updateManagedFields(undefined, configMap({ a: '1', b: '1' }), schema, by('one'));
    const second = updateManagedFields(first, withData(first, { b: '2' }), schema, by('two', 1));
    expect(owners(second)).toEqual([
      ['one', 'Update', '.data', '.data.a'],
      ['two', 'Update', '.data.b'],
    ]);
    const third = updateManagedFields(second, withData(second, { b: '3' }), schema, by('two', 2));
    expect(third.metadata.managedFields?.[0]).toBe(second.metadata.managedFields?.[0]);
    expect(third.metadata.managedFields?.[1]?.time).toBe(at(2));
  });

  it('are ignored for the fields an endpoint resets', () => {
    const live = updateManagedFields(undefined, configMap({ a: '1' }), schema, by('one'));
    const next = updateManagedFields(live, withData(live, { a: '2' }), schema, {
      ...by('two', 1),
      resetFields: fieldSetOf(['data']),
    });
    expect(owners(next)).toEqual([['one', 'Update', '.data', '.data.a']]);
  });
});

describe('apply', () => {
  it('removes what is no longer applied and nobody else owns', () => {
    const first = apply(undefined, { a: '1', b: '1', c: '1' }, 'one', 0);
    const shared = apply(first, { b: '1' }, 'two', 1);
    const less = apply(shared, { a: '1' }, 'one', 2);
    expect((less as { data?: object }).data).toEqual({ a: '1', b: '1' });
    expect(owners(less)).toEqual([
      ['two', 'Apply', '.data.b'],
      ['one', 'Apply', '.data.a'],
    ]);
  });

  it('takes over what kubectl applied on the client side before, and renews the annotation', () => {
    const lastApplied = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm' },
      data: { a: '1' },
    });
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const live = updateManagedFields(
      undefined,
      configMap({ a: '1' }, { [annotation]: lastApplied }),
      schema,
      by('kubectl-client-side-apply'),
    );
    expect(() => apply(live, { a: '2' }, 'other', 1)).toThrow(StatusError);
    const next = apply(live, { a: '2' }, 'kubectl', 1);
    expect((next as { data?: object }).data).toEqual({ a: '2' });
    expect(JSON.parse(next.metadata.annotations?.[annotation] ?? '{}')).toMatchObject({ data: { a: '2' } });
  });
});

it('the owner of replicas shows in the scale, and a scale moves them', () => {
  const spec = {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [] } },
  };
  const config = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
  const live = serverSideApply(undefined, config, schemaFor(deployments), {
    ...by('one'),
    apiVersion: 'apps/v1',
    force: false,
  });
  const scale = scaleManagedFields(live.metadata.managedFields);
  expect(scale.map(({ manager, fieldsV1 }) => [manager, ...printMembers(fieldsV1 ?? {})])).toEqual([
    ['one', '.spec.replicas'],
  ]);
  const written = [
    {
      manager: 'hpa',
      operation: 'Update',
      apiVersion: 'autoscaling/v1',
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    },
  ] as const;
  const parent = managedFieldsFromScale(live.metadata.managedFields, written, 'apps/v1');
  expect(
    parent.map(({ manager, apiVersion, fieldsV1 }) => [
      manager,
      apiVersion,
      printMembers(fieldsV1 ?? {}).includes('.spec.replicas'),
    ]),
  ).toEqual([
    ['one', 'apps/v1', false],
    ['hpa', 'apps/v1', true],
  ]);
});
