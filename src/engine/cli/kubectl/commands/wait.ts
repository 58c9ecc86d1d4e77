/**
 * kubectl wait
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/wait
 * @fidelity full
 */
import { isNotFound } from '#engine/apimachinery';
import { resultPrinter } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { findTemplate, relaxedJsonPath } from '../print/jsonpath.ts';
import { type Query, select } from '../resource/builder.ts';
import { type Info, infoName } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, isArray, type JsonObject, text } from '../text/json.ts';
import { waitForDeletion } from './delete-wait.ts';
import { TIMED_OUT, waitUntil } from './wait-until.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const INSTANT_MS = 1;

type Condition = 'delete' | 'create' | ((object: JsonObject) => boolean);

function parseFor(expression: string): Condition {
  const lower = expression.toLowerCase();
  if (lower === 'delete') return 'delete';
  if (lower === 'create') return 'create';
  if (expression.startsWith('condition=')) return conditionIs(expression.slice('condition='.length));
  if (expression.startsWith('jsonpath=')) return jsonPathIs(expression.slice('jsonpath='.length));
  throw new CommandError(`unrecognized condition: ${JSON.stringify(expression)}`);
}

function conditionIs(expression: string): Condition {
  const equals = expression.indexOf('=');
  const type = (equals < 0 ? expression : expression.slice(0, equals)).toLowerCase();
  const wanted =
    equals < 0
      ? 'true'
      : expression
          .slice(equals + 1)
          .replace(/^["']|["']$/g, '')
          .toLowerCase();
  return (object) => {
    const conditions = at(object, 'status', 'conditions');
    const found = isArray(conditions) ? conditions.find((one) => text(one, 'type').toLowerCase() === type) : undefined;
    if (found === undefined) return false;
    const generation = Number(at(object, 'metadata', 'generation') ?? 0);
    const observed = at(found, 'observedGeneration') ?? at(object, 'status', 'observedGeneration');
    if (observed !== undefined && Number(observed) < generation) return false;
    return text(found, 'status').toLowerCase() === wanted;
  };
}

function jsonPathIs(expression: string): Condition {
  const split = /^(\{.*?\}|[^=]*)(?:=(.*))?$/s.exec(expression.replace(/^['"]|['"]$/g, ''));
  const path = split?.[1] ?? '';
  const wanted = split?.[2];
  if (path === '' || wanted === '')
    throw new CommandError(path === '' ? 'jsonpath expression cannot be empty' : `jsonpath wait value cannot be empty`);
  const find = findTemplate(relaxedJsonPath(path.replace(/^'|'$/g, '')));
  const value = wanted?.replace(/^["']|["']$/g, '');
  return (object) => {
    const found = find(object);
    const [first] = found[0] ?? [];
    if (first === undefined) return false;
    if (value === undefined) return true;
    if ((found[0]?.length ?? 0) > 1) throw new CommandError('given jsonpath expression matches more than one value');
    if (typeof first === 'object' && first !== null)
      throw new CommandError('jsonpath leads to a nested object or list which is not supported');
    return String(first) === value;
  };
}

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  const expression = flags.string('for');
  if (expression === '') throw new CommandError('unrecognized condition: ""');
  const condition = parseFor(expression);
  const print = resultPrinter(session);
  const given = flags.duration('timeout');
  const timeoutMs = given < 0 ? WEEK_MS : given === 0 ? INSTANT_MS : given;
  const query: Query = {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
    fetch: condition !== 'delete' && condition !== 'create',
  };
  const selection = await select(session, query);
  const errors = selection.errors.filter((error) => !(condition === 'delete' && isNotFound(error)));
  if (selection.infos.length === 0 && errors.length === 0 && condition !== 'delete')
    throw new CommandError('no matching resources found');
  for (const info of selection.infos) {
    try {
      print(await waitOne(session, info, condition, timeoutMs), 'condition met');
    } catch (error) {
      errors.push(asError(error));
    }
    await session.flush();
  }
  throwAll(errors);
}

async function waitOne(session: Session, info: Info, condition: Condition, timeoutMs: number): Promise<JsonObject> {
  const bare = {
    apiVersion: info.resource.group ? `${info.resource.group}/${info.resource.version}` : info.resource.version,
    kind: info.resource.kind,
    metadata: { name: info.name },
  };
  if (condition === 'delete') {
    await waitForDeletion(session, info, text(info.object, 'metadata', 'uid'), timeoutMs);
    return bare;
  }
  const satisfied = condition === 'create' ? () => true : condition;
  return (await waitUntil(session, info, timeoutMs, satisfied, `${TIMED_OUT} on ${infoName(info)}`)) ?? bare;
}

export const waitCommand: Command = {
  name: 'wait',
  group: 'Advanced Commands',
  short: 'Wait for a specific condition on one or many resources',
  examples: `# Until a pod is ready
kubectl wait --for=condition=Ready pod/busybox1
# Until a field has a value
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1
# Until it is gone
kubectl wait --for=delete pod/busybox1 --timeout=60s`,
  use: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    { name: 'all', kind: 'bool', usage: 'All of the given types.' },
    { name: 'for', kind: 'string', usage: 'create, delete, condition=NAME[=VALUE] or jsonpath=EXPRESSION[=VALUE].' },
    { name: 'local', kind: 'bool', usage: 'Look at the file only.' },
    { name: 'timeout', kind: 'duration', default: '30s', usage: 'How long to wait; 0 checks once, below 0 a week.' },
  ],
  run,
};
