/** What `kubectl get` showed of a real cluster's objects, against our columns. Ages are left out: when they were read is not recorded. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeObject } from '#engine/apimachinery';
import { strategies } from './strategies.ts';
import type { Strategy } from './strategy.ts';

const ROOT = '../shared/oracle';
const NOW = Date.parse('2026-11-22T10:00:00Z');

interface Transcript {
  readonly id: string;
  readonly files: { readonly [name: string]: string };
  readonly steps: readonly { readonly cmd: string; readonly stdout: string; readonly stderr: string }[];
}

const shown = (cell: unknown): string => (Array.isArray(cell) ? cell.join(',') : String(cell ?? '<none>'));

/** A table's rows as texts by column, `AGE` left out. */
function rowsOf(table: string): { readonly [column: string]: string }[] {
  const [head = '', ...rest] = table.trimEnd().split('\n');
  const starts = [...head.matchAll(/\S+(?: \S+)*/g)].map(({ 0: name, index }) => ({ name, index }));
  return rest.map((line) =>
    Object.fromEntries(
      starts
        .map(({ name, index }, i) => [name, line.slice(index, starts[i + 1]?.index).trim()])
        .filter(([name]) => name !== 'AGE'),
    ),
  );
}

function oursFor(
  strategy: Strategy,
  object: KubeObject,
  names: readonly string[],
): { readonly [column: string]: string } {
  const whole = strategy.defaults?.(object) ?? object;
  const cells = strategy.columns.map((column) => [column.name.toUpperCase(), shown(column.cell(whole, NOW))] as const);
  const named = [...cells, ['NAMESPACE', object.metadata.namespace ?? ''] as const];
  return Object.fromEntries(named.filter(([name]) => names.includes(name)));
}

const present = existsSync(ROOT);
if (!present) process.stderr.write(`${ROOT} is not here: recorded tables are not compared\n`);

const fresh = present ? strategies.filter(({ resource }) => existsSync(`${ROOT}/fresh/${resource.plural}.yaml`)) : [];
const transcripts: Transcript[] = present
  ? readFileSync(`${ROOT}/kubectl/status.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Transcript)
      .filter(
        ({ files, steps }) =>
          Object.keys(files).length === 2 &&
          !files['job.yaml'] &&
          !steps.some(({ stderr }) => /is invalid/.test(stderr)),
      )
  : [];

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as object) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

describe.runIf(present)('the tables of a fresh cluster', () => {
  it.each(fresh)('$resource.plural', (strategy) => {
    const read = (end: string) => readFileSync(`${ROOT}/fresh/${strategy.resource.plural}.${end}`, 'utf8');
    const objects = parseAllDocuments(read('yaml')).flatMap((document) => {
      const value = document.toJS() as KubeObject & { readonly items?: readonly KubeObject[] };
      return value.items ?? [value];
    });
    const rows = rowsOf(read('txt'));
    if (strategy.rowOrder) objects.sort(strategy.rowOrder);
    expect(objects.map((object) => oursFor(strategy, object, Object.keys(rows[0] ?? {})))).toEqual(rows);
  });
});

describe.runIf(present)('states printed by kubectl', () => {
  it.each(transcripts)('$id', ({ files, steps }) => {
    const [base, patch] = Object.values(files).map((text) => parse(text) as KubeObject);
    const object = mergePatch(base, patch) as KubeObject;
    const strategy = strategies.find(({ resource }) => resource.kind === object.kind);
    if (!strategy) return;
    const { name } = object.metadata;
    for (const { cmd, stdout } of steps) {
      if (!cmd.startsWith('kubectl get') || cmd.includes('jsonpath')) continue;
      const recorded = rowsOf(stdout).find((row) => row.NAME === name) ?? {};
      const { 'CLUSTER-IP': _ip, 'PORT(S)': _ports, ...rest } = recorded;
      expect(oursFor(strategy, object, Object.keys(rest))).toEqual(rest);
    }
  });
});
