/**
 * What may stand as an argument of each command: types of resources, then their names.
 * @upstream staging/src/k8s.io/kubectl/pkg/util/completion/completion.go
 */
import type { Session } from '../session.ts';
import { at, isArray, text } from '../text/json.ts';
import { configNames, namesOf, objectsOf, resourceTypes } from './live.ts';
import { NO_FILES, NO_SPACE, NOTHING, type Offer, offer } from './offer.ts';

type Completer = (session: Session, args: readonly string[], typed: string) => Promise<Offer>;

/** `get pods web`, `get pods/web`, `get pods,services`; `types` where only some make sense. */
const typesAndNames =
  (types?: readonly string[], verb = 'get'): Completer =>
  async (session, args, typed) => {
    const slash = typed.indexOf('/');
    if (slash >= 0) {
      const type = typed.slice(0, slash);
      return offer((await namesOf(session, type)).map((name) => `${type}/${name}`));
    }
    const [type] = args;
    if (type === undefined) {
      const comma = typed.lastIndexOf(',') + 1;
      const listed = types ?? (await resourceTypes(session, typed.slice(comma), verb));
      return offer(listed.map((one) => typed.slice(0, comma) + one));
    }
    if (type.includes('/')) return NOTHING;
    // Named already is not offered again.
    return offer((await namesOf(session, type)).filter((name) => !args.includes(name)));
  };

/** A Pod, or `type/name` of what has Pods. */
const podOrOwner =
  (types: readonly string[]): Completer =>
  async (session, args, typed) => {
    if (args.length > 0) return NOTHING;
    const slash = typed.indexOf('/');
    if (slash >= 0) {
      const type = typed.slice(0, slash);
      return offer((await namesOf(session, type)).map((name) => `${type}/${name}`));
    }
    const pods = await namesOf(session, 'pods');
    const owners = typed === '' ? [] : types.map((type) => `${type}/`).filter((type) => type.startsWith(typed));
    return offer([...pods, ...owners], owners.length > 0 ? NO_FILES + NO_SPACE : NO_FILES);
  };

const names =
  (type: string, many = false): Completer =>
  async (session, args) =>
    many || args.length === 0 ? offer((await namesOf(session, type)).filter((name) => !args.includes(name))) : NOTHING;

const config =
  (stanza: 'contexts' | 'clusters' | 'users'): Completer =>
  async (session, args) =>
    args.length === 0 ? offer(await configNames(session, stanza)) : NOTHING;

/** `set image deployment/web ` offers `nginx=`. */
const setImage: Completer = async (session, args, typed) => {
  const target = args.find((word) => word.includes('/')) ?? (args.length > 1 ? `${args[0]}/${args[1]}` : undefined);
  if (target === undefined) return typesAndNames(WITH_PODS)(session, args, typed);
  const [type = '', name] = target.split('/');
  const object = (await objectsOf(session, type)).find((one) => text(one, 'metadata', 'name') === name);
  const spec = at(object, 'spec', 'template', 'spec') ?? at(object, 'spec');
  const containers = at(spec, 'containers');
  const found = isArray(containers) ? containers.map((one) => `${text(one, 'name')}=`) : [];
  return offer(found, NO_FILES + NO_SPACE);
};

const canI: Completer = async (session, args, typed) => {
  if (args.length === 0)
    return offer(['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch', '*']);
  return args.length === 1 ? offer(await resourceTypes(session, typed)) : NOTHING;
};

const explain: Completer = async (session, args, typed) =>
  args.length === 0 ? offer(await resourceTypes(session, typed), NO_FILES + NO_SPACE) : NOTHING;

const taint: Completer = async (session, args) => {
  if (args.length === 0) return offer(['nodes']);
  return args.length === 1 ? offer(await namesOf(session, 'nodes')) : NOTHING;
};

const SCALABLE = ['deployments', 'replicasets', 'replicationcontrollers', 'statefulsets'];
const ROLLED = ['deployments', 'daemonsets', 'statefulsets'];
const WITH_PODS = ['cronjobs', 'daemonsets', 'deployments', 'jobs', 'pods', 'replicasets', 'statefulsets'];

/** By the command's path, the longest that is known first. */
const COMPLETERS: { readonly [path: string]: Completer } = {
  get: typesAndNames(),
  describe: typesAndNames(),
  delete: typesAndNames(undefined, 'delete'),
  edit: typesAndNames(undefined, 'patch'),
  patch: typesAndNames(undefined, 'patch'),
  label: typesAndNames(undefined, 'patch'),
  annotate: typesAndNames(undefined, 'patch'),
  wait: typesAndNames(),
  expose: typesAndNames(['deployments', 'pods', 'replicasets', 'replicationcontrollers', 'services']),
  scale: typesAndNames(SCALABLE),
  rollout: typesAndNames(ROLLED),
  'set image': setImage,
  set: typesAndNames(WITH_PODS),
  logs: podOrOwner(['daemonsets', 'deployments', 'jobs', 'replicasets', 'services', 'statefulsets']),
  exec: podOrOwner(['deployments', 'daemonsets', 'replicasets', 'services', 'statefulsets']),
  attach: podOrOwner(['deployments', 'replicasets', 'statefulsets']),
  cordon: names('nodes', true),
  uncordon: names('nodes', true),
  drain: names('nodes', true),
  taint,
  'top pod': names('pods'),
  'top node': names('nodes'),
  explain,
  'auth can-i': canI,
  'config use-context': config('contexts'),
  'config delete-context': config('contexts'),
  'config rename-context': config('contexts'),
  'config set-context': config('contexts'),
  'config delete-cluster': config('clusters'),
  'config set-cluster': config('clusters'),
  'config delete-user': config('users'),
  'config set-credentials': config('users'),
  'apply view-last-applied': typesAndNames(),
  'apply edit-last-applied': typesAndNames(),
};

export function argumentsOf(path: readonly string[]): Completer {
  for (let length = path.length; length > 0; length--) {
    const completer = COMPLETERS[path.slice(0, length).join(' ')];
    if (completer) return completer;
  }
  return async () => NOTHING;
}
