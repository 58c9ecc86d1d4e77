/** set env: environment variables of the containers of a pod template. */
import { compareText } from '#engine/apimachinery';
import type { FlagSpec } from '../cobra/flags.ts';
import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import type { Change } from './set-change.ts';
import { changeContainers, namesMatch, podSpecPath } from './set-containers.ts';

export const ENV_FLAGS: readonly FlagSpec[] = [
  { name: 'env', short: 'e', kind: 'stringArray', usage: 'A variable NAME=value; may be repeated.' },
  { name: 'from', kind: 'string', usage: 'A config map or secret whose keys become variables.' },
  { name: 'keys', kind: 'strings', usage: 'Only these keys of --from.' },
  { name: 'list', kind: 'bool', usage: 'Show the variables that are there.' },
  { name: 'overwrite', kind: 'bool', default: 'true', usage: 'Variables that are there may be replaced.' },
  { name: 'prefix', kind: 'string', usage: 'Put this before the names that --from gives.' },
  { name: 'resolve', kind: 'bool', usage: 'With --list: resolve references.' },
];

export function envUsesPairs(args: readonly string[]) {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-'));
  return first < 0 ? { resources: args, rest: [] } : { resources: args.slice(0, first), rest: args.slice(first) };
}

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

interface Variables {
  readonly set: readonly JsonObject[];
  readonly remove: readonly string[];
}

function parseVariables(pairs: readonly string[]): Variables {
  const set: JsonObject[] = [];
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0 && pair.endsWith('-')) {
      remove.push(pair.slice(0, -1));
      continue;
    }
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (equals < 0) throw new CommandError(`unknown environment variable: ${pair}`);
    if (!NAME.test(name))
      throw new CommandError(
        `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
      );
    set.push({ name, value: pair.slice(equals + 1) });
  }
  const both = remove.find((name) => set.some((one) => one.name === name));
  if (both !== undefined) throw new CommandError(`can not both modify and remove environment variable ${both}`);
  return { set, remove };
}

/** Variables that refer to the keys of a config map or secret. */
async function fromSource(session: Session): Promise<readonly JsonObject[]> {
  const source = session.flags.string('from');
  if (source === '') return [];
  const [type, name] = source.split('/') as [string, string | undefined];
  const secret = /^secrets?$/.test(type);
  if (!name || !(secret || /^(cm|configmaps?)$/.test(type)))
    throw new CommandError(`unsupported resource specified in --from`);
  const path = `/api/v1/namespaces/${session.namespace().name}/${secret ? 'secrets' : 'configmaps'}/${name}`;
  const object = (await session.rest().json('GET', path)) as JsonObject;
  const keys = session.flags.list('keys');
  const prefix = session.flags.string('prefix');
  return Object.keys(isObject(object.data) ? object.data : {})
    .filter((key) => keys.length === 0 || keys.includes(key))
    .sort(compareText)
    .map((key) => ({
      name: prefix + key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase(),
      valueFrom: { [secret ? 'secretKeyRef' : 'configMapKeyRef']: { name, key } },
    }));
}

export async function envChange(rest: readonly string[], asking: Session): Promise<Change> {
  const parsed = parseVariables([...rest, ...asking.flags.list('env')]);
  const variables: Variables = { ...parsed, set: [...parsed.set, ...(await fromSource(asking))] };
  return (session, info, object) => {
    if (session.flags.bool('list')) {
      list(session, info.resource.kind, info.name, object);
      return undefined;
    }
    const pattern = session.flags.string('containers');
    return changeContainers(
      object,
      (container) =>
        namesMatch(pattern, text(container, 'name'))
          ? changed(container, variables, session.flags.bool('overwrite'))
          : container,
      ['containers'],
    );
  };
}

function changed(container: JsonObject, variables: Variables, overwrite: boolean): JsonObject {
  const current = isArray(container.env) ? container.env.filter(isObject) : [];
  const taken = overwrite
    ? undefined
    : variables.set.find((one) => current.some((other) => other.name === one.name && other.value !== one.value));
  if (taken) {
    const value = current.find((other) => other.name === taken.name)?.value;
    throw new CommandError(
      `'${text(taken, 'name')}' already has a value (${String(value ?? '')}), and --overwrite is false`,
    );
  }
  const gone = new Set(variables.remove);
  const next: JsonObject[] = current.filter((one) => !gone.has(text(one, 'name')));
  for (const one of variables.set) {
    const index = next.findIndex((other) => other.name === one.name);
    if (index < 0) next.push(one);
    else next[index] = one;
  }
  const { env: _, ...bare } = container;
  return next.length > 0 ? { ...container, env: next as Json[] } : bare;
}

function list(session: Session, kind: string, name: string, object: JsonObject): void {
  const containers = at(object, ...podSpecPath(object), 'containers');
  for (const container of isArray(containers) ? containers : []) {
    session.out(`# ${kind} ${name}, container ${text(container, 'name')}\n`);
    const env = at(container, 'env');
    for (const one of isArray(env) ? env : []) {
      const from = at(one, 'valueFrom');
      if (!isObject(from)) session.out(`${text(one, 'name')}=${text(one, 'value')}\n`);
      else session.out(`# ${text(one, 'name')} from ${reference(from)}\n`);
    }
  }
}

function reference(from: JsonObject): string {
  if (isObject(from.configMapKeyRef))
    return `configmap ${text(from.configMapKeyRef, 'name')}, key ${text(from.configMapKeyRef, 'key')}`;
  if (isObject(from.secretKeyRef))
    return `secret ${text(from.secretKeyRef, 'name')}, key ${text(from.secretKeyRef, 'key')}`;
  if (isObject(from.fieldRef)) return `field path ${text(from.fieldRef, 'fieldPath')}`;
  return 'a resource field';
}
