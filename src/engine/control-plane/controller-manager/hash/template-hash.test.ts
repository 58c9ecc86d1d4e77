import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PodTemplateSpec } from '#engine/api';
import { dumpPodTemplate } from './go-dump.ts';
import { dumpQuantity } from './quantity-dump.ts';
import { computeRevisionHash, computeTemplateHash } from './template-hash.ts';

interface Recorded {
  readonly id: string;
  readonly defaultedTemplate: PodTemplateSpec;
  readonly podTemplateHash: string;
  readonly hashDump: string;
  readonly podTemplateHashByCollisionCount: { readonly [count: string]: string };
  readonly statefulSet: { readonly hash: string; readonly data: unknown };
  readonly daemonSet: {
    readonly hash: string;
    readonly data: { readonly spec: { readonly template: PodTemplateSpec } };
  };
}

const file = '../shared/oracle/behaviour/hashes.json';
const recorded = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as { templates: Recorded[] }).templates
  : [];

describe.skipIf(recorded.length === 0)('hashes of a real controller manager', () => {
  it.each(recorded)('$id', (record) => {
    expect(dumpPodTemplate(record.defaultedTemplate)).toBe(record.hashDump);
    expect(computeTemplateHash(record.defaultedTemplate)).toBe(record.podTemplateHash);
    for (const [count, hash] of Object.entries(record.podTemplateHashByCollisionCount)) {
      expect(computeTemplateHash(record.defaultedTemplate, Number(count))).toBe(hash);
    }
    expect(computeTemplateHash(record.daemonSet.data.spec.template)).toBe(record.daemonSet.hash);
    expect(computeRevisionHash(record.statefulSet.data, 0)).toBe(record.statefulSet.hash);
  });
});

describe('quantities', () => {
  it.each([
    ['100Ti', 'value:(int64)0', 'abs:(big.nat)[109951162777600]', 's:(string) ', 'BinarySI'],
    ['1Gi', 'value:(int64)1073741824', '<nil>', 's:(string)1Gi', 'BinarySI'],
    ['64Mi', 'value:(int64)67108864', '<nil>', 's:(string) ', 'BinarySI'],
    ['2000000000', 'value:(int64)2 scale:(resource.Scale)9', '<nil>', 's:(string)2G', 'DecimalSI'],
    ['0', 'value:(int64)0 ', '<nil>', 's:(string)0', 'DecimalSI'],
  ])('%s', (text, ...parts) => {
    for (const part of parts) expect(dumpQuantity(text)).toContain(part);
  });
});
