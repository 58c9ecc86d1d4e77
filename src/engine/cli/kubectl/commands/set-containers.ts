/** set image and set resources: changes of containers in a pod or a pod template. */
import { parseQuantity } from '#engine/apimachinery';
import { asError, CommandError } from '../errors.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type Json, type JsonObject, text, withPath } from '../text/json.ts';
import type { Change } from './set-change.ts';

/** Where the pod's spec is: a pod's own, a template's, or a cron job's. */
export function podSpecPath(object: JsonObject): readonly string[] {
  if (object.kind === 'Pod') return ['spec'];
  if (object.kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  return ['spec', 'template', 'spec'];
}

type ContainerChange = (container: JsonObject) => JsonObject;

/** Applies a change to all containers, init containers too when asked. */
export function changeContainers(object: JsonObject, change: ContainerChange, lists: readonly string[]): JsonObject {
  const path = podSpecPath(object);
  if (!isObject(at(object, ...path)))
    throw new CommandError(`the object is not a pod or does not have a pod template: ${String(object.kind)}`);
  let out = object;
  for (const list of lists) {
    const containers = at(out, ...path, list);
    if (isArray(containers))
      out = withPath(
        out,
        [...path, list],
        containers.map((one): Json => (isObject(one) ? change(one) : one)),
      );
  }
  return out;
}

export function imageChange(pairs: readonly string[]): Change {
  const images = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid image spec: ${pair}`);
    images.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return (_, __, object) => {
    const seen = new Set<string>();
    const after = changeContainers(
      object,
      (container) => {
        const name = text(container, 'name');
        const image = images.get(name) ?? images.get('*');
        if (image === undefined) return container;
        seen.add(images.has(name) ? name : '*');
        return { ...container, image };
      },
      ['initContainers', 'containers'],
    );
    const missing = [...images.keys()].find((name) => !seen.has(name) && name !== '*');
    if (missing !== undefined) throw new CommandError(`unable to find container named ${JSON.stringify(missing)}`);
    return after;
  };
}

function parseAmounts(source: string): JsonObject | undefined {
  if (source === '') return undefined;
  const out: { [name: string]: string } = {};
  for (const pair of source.split(',')) {
    const parts = pair.split('=');
    if (parts.length !== 2) throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
    try {
      parseQuantity(parts[1] as string);
    } catch (error) {
      throw new CommandError(asError(error).message);
    }
    out[parts[0] as string] = parts[1] as string;
  }
  return out;
}

/** `*` stands for any text. */
export function namesMatch(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(name);
}

export const resourcesChange: Change = (session: Session, _, object) => {
  const { flags } = session;
  const limits = parseAmounts(flags.string('limits'));
  const requests = parseAmounts(flags.string('requests'));
  const pattern = flags.string('containers');
  let found = false;
  const after = changeContainers(
    object,
    (container) => {
      if (!namesMatch(pattern, text(container, 'name'))) return container;
      found = true;
      const current = isObject(container.resources) ? container.resources : {};
      const merged = (field: string, amounts: JsonObject | undefined) => {
        const before = current[field];
        return amounts ? { [field]: { ...(isObject(before) ? before : {}), ...amounts } } : {};
      };
      return { ...container, resources: { ...current, ...merged('limits', limits), ...merged('requests', requests) } };
    },
    ['containers'],
  );
  if (!found) throw new CommandError(`unable to find container named ${pattern}`);
  return after;
};
