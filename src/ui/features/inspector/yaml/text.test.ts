import { describe, expect, it } from 'vitest';
import { deployments } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { editableText, fromText, lineOf, mergePatch, toText } from './text.ts';

const object = {
  metadata: { name: 'web', managedFields: [{ manager: 'x' }], labels: { app: 'web' } },
  spec: { template: { spec: { containers: [{ name: 'c', image: 'ngnix' }] } } },
  status: { replicas: 1 },
} as unknown as KubeObject;

describe('an object as text', () => {
  it('says what it is, and hides managed fields until asked', () => {
    expect(toText(deployments, object, false)).toMatch(/^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n/);
    expect(toText(deployments, object, false)).not.toContain('managedFields');
    expect(toText(deployments, object, true)).toContain('manager: x');
  });

  it('has no status where it is edited, and comes back the same', () => {
    const text = editableText(deployments, object);
    expect(text).not.toContain('status');
    const back = fromText(text);
    expect('object' in back && back.object).toMatchObject({ kind: 'Deployment', spec: object['spec' as never] });
  });

  it('finds the line of a field, or of the nearest one above', () => {
    const text = editableText(deployments, object);
    const line = (field: string) => text.split('\n')[(lineOf(text, field) ?? 0) - 1]?.trim();
    expect(line('spec.template.spec.containers[0].image')).toBe('image: ngnix');
    expect(line('spec.template.spec.containers[0].imagee')).toBe('- name: c');
    expect(line('metadata.labels[app]')).toBe('app: web');
    expect(lineOf(text, 'nothing')).toBeUndefined();
  });

  it('tells what is no YAML, with its line', () => {
    expect(fromText('a: 1\nb: [\n')).toMatchObject({ complaints: [{ line: expect.any(Number) }] });
    expect(fromText('just words')).toMatchObject({ complaints: [{ line: 1 }] });
  });
});

it('a merge patch has what changed, and null for what is gone', () => {
  expect(mergePatch({ a: 1, b: { c: 2, d: 3 }, e: [1] }, { a: 1, b: { c: 5 }, e: [1, 2] })).toEqual({
    b: { c: 5, d: null },
    e: [1, 2],
  });
});
