/** Every Pod of the recording, against the verdict of a real 1.36. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PodLike } from './check.ts';
import { type Level, violations } from './policy.ts';

const FILE = '../shared/oracle/api/pod-security.jsonl';
interface Case {
  readonly id: string;
  readonly level: Level;
  readonly version: string;
  readonly allowed: boolean;
  readonly manifest: string;
}
const present = existsSync(FILE);
const cases: readonly Case[] = present
  ? readFileSync(FILE, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
  : [];

describe.runIf(present)('the Pod Security Standards', () => {
  it.each(cases)('$id', ({ level, version, allowed, manifest }) => {
    const faults = violations({ level, version }, parse(manifest) as PodLike);
    expect({ allowed: faults.length === 0, faults: allowed ? faults : [] }).toEqual({ allowed, faults: [] });
  });

  it('were all read', () => expect(cases.length).toBeGreaterThan(600));
});

describe('levels', () => {
  const pod: PodLike = { spec: { containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] } };

  it('privileged forbids nothing, and versions of the future count as the present', () => {
    expect(violations({ level: 'privileged', version: 'latest' }, pod)).toEqual([]);
    expect(violations({ level: 'baseline', version: 'v1.99' }, pod).map(({ reason }) => reason)).toEqual([
      'privileged',
    ]);
    expect(violations({ level: 'restricted', version: 'latest' }, pod).map(({ reason }) => reason)).toEqual([
      'privileged',
      'allowPrivilegeEscalation != false',
      'unrestricted capabilities',
      'runAsNonRoot != true',
      'seccompProfile',
    ]);
  });
});
