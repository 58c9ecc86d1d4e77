/** Quotas and limit ranges: of a namespace, and described alone. */
import { compareText } from '#engine/apimachinery';
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import type { DescriptionWriter } from './writer.ts';

const mapOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

export function quotas(w: DescriptionWriter, list: readonly JsonObject[]): void {
  if (list.length === 0) {
    w.write(0, '\nNo resource quota.\n');
    return;
  }
  w.write(0, '\nResource Quotas\n');
  for (const quota of list) {
    w.write(0, `  Name:\t${text(quota, 'metadata', 'name')}\n`);
    const hard = mapOf(at(quota, 'status', 'hard'));
    const used = mapOf(at(quota, 'status', 'used'));
    w.write(0, '  Resource\tUsed\tHard\n');
    w.write(0, '  --------\t---\t---\n');
    for (const name of Object.keys(hard).sort(compareText))
      w.write(0, `  ${name}\t${String(used[name] ?? '0')}\t${String(hard[name])}\n`);
  }
}

export function limitRanges(w: DescriptionWriter, list: readonly JsonObject[]): void {
  if (list.length === 0) {
    w.write(0, '\nNo LimitRange resource.\n');
    return;
  }
  w.write(0, '\nResource Limits\n');
  limitTable(w, list, ' ');
}

function limitTable(w: DescriptionWriter, list: readonly JsonObject[], indent: string): void {
  w.write(0, `${indent}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n`);
  w.write(0, `${indent}----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n`);
  for (const range of list) {
    const limits = at(range, 'spec', 'limits');
    for (const item of isArray(limits) ? limits : []) {
      const maps = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'].map((field) =>
        mapOf(at(item, field)),
      );
      const names = [...new Set(maps.flatMap((map) => Object.keys(map)))].sort(compareText);
      for (const name of names) {
        const cells = maps.map((map) => String(map[name] ?? '-'));
        w.write(0, `${indent}${text(item, 'type')}\t${name}\t${cells.join('\t')}\n`);
      }
    }
  }
}

function heading(w: DescriptionWriter, object: JsonObject): void {
  w.write(0, `Name:\t${text(object, 'metadata', 'name')}\n`);
  w.write(0, `Namespace:\t${text(object, 'metadata', 'namespace')}\n`);
}

export function describeLimitRange(w: DescriptionWriter, range: JsonObject): void {
  heading(w, range);
  limitTable(w, [range], '');
}

/** What each scope of a quota is about, in upstream's words. */
const SCOPE_HELP: { readonly [scope: string]: string } = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

export function describeResourceQuota(w: DescriptionWriter, quota: JsonObject): void {
  heading(w, quota);
  const scopes = at(quota, 'spec', 'scopes');
  const named = (isArray(scopes) ? scopes : []).map(String).sort(compareText);
  if (named.length > 0) {
    w.write(0, `Scopes:\t${named.join(', ')}\n`);
    for (const scope of named) if (SCOPE_HELP[scope]) w.write(0, ` * ${SCOPE_HELP[scope]}\n`);
  }
  const hard = mapOf(at(quota, 'status', 'hard'));
  const used = mapOf(at(quota, 'status', 'used'));
  w.write(0, 'Resource\tUsed\tHard\n');
  w.write(0, '--------\t----\t----\n');
  for (const name of Object.keys(hard).sort(compareText))
    w.write(0, `${name}\t${String(used[name] ?? '0')}\t${String(hard[name])}\n`);
}
