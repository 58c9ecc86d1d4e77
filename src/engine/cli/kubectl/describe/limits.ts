/** Quotas and limit ranges of a namespace. */
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
  w.write(0, '\nResource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n');
  w.write(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  for (const range of list) {
    const limits = at(range, 'spec', 'limits');
    for (const item of isArray(limits) ? limits : []) {
      const maps = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'].map((field) =>
        mapOf(at(item, field)),
      );
      const names = [...new Set(maps.flatMap((map) => Object.keys(map)))].sort(compareText);
      for (const name of names)
        w.write(0, ` ${text(item, 'type')}\t${name}\t${maps.map((map) => String(map[name] ?? '-')).join('\t')}\n`);
    }
  }
}
