/**
 * kubectl auth can-i and auth whoami.
 * @fidelity partial: auth reconcile is refused
 */
import { compareText } from '#engine/apimachinery';
import type { Command } from '../cobra/command.ts';
import { CommandError, ExitError, UrlError } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, PRINT_FLAGS } from '../flag-sets.ts';
import { makePrinter } from '../print/output.ts';
import type { ApiResource } from '../rest/discovery.ts';
import type { RestMapper } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';

const VERBS = new Set([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  'escalate',
  '*',
  'proxy',
  'approve',
  'sign',
  'attest',
]);
const USAGE =
  "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.";

async function canI(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.bool('list')) {
    if (args.length > 0) throw new CommandError('list option must be specified with no arguments');
    return listRules(session);
  }
  if (args.length !== 2) throw new CommandError(USAGE);
  const [verb, target] = args as [string, string];
  const namespace = flags.bool('all-namespaces') ? '' : session.namespace().name;
  const spec: JsonObject = target.startsWith('/')
    ? { nonResourceAttributes: { path: target, verb } }
    : { resourceAttributes: { namespace, verb, ...(await resourceAttributes(session, target)) } };
  if (!VERBS.has(verb)) session.warn(`verb '${verb}' is not a known verb\n`);
  const review = (await session.rest().json('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    body: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec,
      status: { allowed: false },
    },
  })) as JsonObject;
  const allowed = at(review, 'status', 'allowed') === true;
  const reason = text(review, 'status', 'reason');
  if (!flags.bool('quiet')) session.out(allowed ? 'yes\n' : `no${reason ? ` - ${reason}` : ''}\n`);
  if (!allowed) throw new ExitError(1);
}

async function resourceAttributes(session: Session, target: string): Promise<JsonObject> {
  const [type, name = ''] = target.split('/') as [string, string | undefined];
  const subresource = session.flags.string('subresource');
  const found = type === '*' ? undefined : await lookupQuietly(session, type);
  if (type !== '*' && !found) session.warn(`the server doesn't have a resource type '${type}'\n`);
  if (found && !found.namespaced && !session.flags.bool('all-namespaces')) {
    session.warn(
      `resource '${found.name}' is not namespace scoped${found.group ? ` in group '${found.group}'` : ''}\n`,
    );
  }
  return {
    ...(type === '*' ? { group: '*' } : found?.group ? { group: found.group } : {}),
    resource: found?.name ?? type,
    ...(subresource && { subresource }),
    ...(name && { name }),
  };
}

async function lookupQuietly(session: Session, type: string): Promise<ApiResource | undefined> {
  let mapper: RestMapper;
  try {
    mapper = await session.mapper(2);
  } catch (error) {
    if (error instanceof UrlError) throw error;
    return undefined;
  }
  try {
    return mapper.lookup(type).resource;
  } catch {
    return undefined;
  }
}

async function listRules(session: Session): Promise<void> {
  const namespace = session.namespace().name;
  const review = (await session.rest().json('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    body: {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: { namespace },
      status: { resourceRules: null, nonResourceRules: null, incomplete: false },
    },
  })) as JsonObject;
  const strings = (value: Json | undefined) => (isArray(value) ? value.map(String) : []);
  const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
  if (!session.flags.bool('no-headers')) writer.print('Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  const rules = (field: string) => {
    const found = at(review, 'status', field);
    return isArray(found) ? found.filter(isObject) : [];
  };
  const cell = (values: readonly string[]) => `[${values.join(' ')}]`;
  for (const rule of rules('resourceRules')) {
    const groups = strings(rule.apiGroups);
    for (const resource of strings(rule.resources)) {
      const name = groups[0] ? `${resource}.${groups[0]}` : resource;
      writer.print(`${name}\t[]\t${cell(strings(rule.resourceNames))}\t${cell(strings(rule.verbs))}\n`);
    }
  }
  for (const rule of rules('nonResourceRules'))
    writer.print(`\t${cell(strings(rule.nonResourceURLs))}\t[]\t${cell(strings(rule.verbs))}\n`);
  writer.flush();
}

async function whoAmI(session: Session): Promise<void> {
  const printer = makePrinter(session);
  const review = (await session.rest().json('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {}, status: { userInfo: {} } },
  })) as JsonObject;
  if (printer) return session.out(printer(review));
  const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
  writer.print('ATTRIBUTE\tVALUE\n');
  const user = at(review, 'status', 'userInfo');
  if (text(user, 'username')) writer.print(`Username\t${text(user, 'username')}\n`);
  if (text(user, 'uid')) writer.print(`UID\t${text(user, 'uid')}\n`);
  const groups = at(user, 'groups');
  if (isArray(groups) && groups.length > 0) writer.print(`Groups\t[${groups.join(' ')}]\n`);
  const extra = at(user, 'extra');
  for (const key of Object.keys(isObject(extra) ? extra : {}).sort(compareText)) {
    const values = (extra as JsonObject)[key];
    writer.print(`Extra: ${key}\t[${isArray(values) ? values.join(' ') : ''}]\n`);
  }
  writer.flush();
}

export const authCommand: Command = {
  name: 'auth',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Inspect authorization',
  subcommands: [
    {
      name: 'can-i',
      short: 'Check whether an action is allowed',
      use: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
      flags: [
        ALL_NAMESPACES_FLAG,
        { name: 'list', kind: 'bool', usage: 'Print all that is allowed.' },
        { name: 'no-headers', kind: 'bool', usage: 'Print no header.' },
        { name: 'quiet', short: 'q', kind: 'bool', usage: 'Print nothing, only set the exit code.' },
        { name: 'subresource', kind: 'string', usage: 'The subresource.' },
      ],
      run: canI,
    },
    {
      name: 'reconcile',
      short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
      run: async () => {
        throw new CommandError('kubectl auth reconcile is not supported yet');
      },
    },
    { name: 'whoami', short: 'Experimental: Check self subject attributes', flags: PRINT_FLAGS, run: whoAmI },
  ],
};
