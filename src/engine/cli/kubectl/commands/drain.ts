/**
 * kubectl drain
 * @upstream staging/src/k8s.io/kubectl/pkg/drain/{drain.go,filters.go}
 * @fidelity full
 */

import type { Pod } from '#engine/api';
import { compareText, isNotFound, StatusError } from '#engine/apimachinery';
import { type DryRun, dryRunOf, dryRunSuffix } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { list } from '../describe/context.ts';
import { asError, CommandError, ExitError, throwAll } from '../errors.ts';
import { CHUNK_FLAG, DRY_RUN_FLAG, SELECTOR_FLAG } from '../flag-sets.ts';
import type { Info } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { selectNodes, setCordon } from './nodes.ts';
import { readIfExists } from './wait-until.ts';

const RETRY_MS = 5000;
const POLL_MS = 1000;
const MIRROR = 'kubernetes.io/config.mirror';

interface Verdicts {
  readonly evict: readonly Pod[];
  readonly errors: ReadonlyMap<string, readonly Pod[]>;
  readonly warnings: ReadonlyMap<string, readonly Pod[]>;
}

const names = (pods: readonly Pod[]): string =>
  pods.map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`).join(', ');

async function judge(session: Session, node: string): Promise<Verdicts> {
  const { flags } = session;
  const context = { session, showEvents: false, chunkSize: flags.int('chunk-size') };
  const selector = flags.string('pod-selector');
  const pods = (await list(context, 'pods', '', {
    fieldSelector: `spec.nodeName=${node}`,
    ...(selector && { labelSelector: selector }),
  })) as unknown as readonly Pod[];
  const errors = new Map<string, Pod[]>();
  const warnings = new Map<string, Pod[]>();
  const note = (into: Map<string, Pod[]>, words: string, pod: Pod) =>
    into.set(words, [...(into.get(words) ?? []), pod]);
  const evict = pods.filter((pod) => {
    const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    const owner = pod.metadata.ownerReferences?.find((one) => one.controller);
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return false;
    if (owner?.kind === 'DaemonSet' && !finished) {
      if (flags.bool('ignore-daemonsets')) note(warnings, 'ignoring DaemonSet-managed Pods', pod);
      else note(errors, 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod);
      return false;
    }
    const local = !finished && pod.spec.volumes?.some((volume) => volume.emptyDir) === true;
    if (local && !flags.bool('delete-emptydir-data')) {
      note(errors, 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', pod);
      return false;
    }
    if (!owner && !finished) {
      if (!flags.bool('force')) {
        note(errors, 'cannot delete Pods that declare no controller (use --force to override)', pod);
        return false;
      }
      note(warnings, 'deleting Pods that declare no controller', pod);
    }
    return true;
  });
  return { evict, errors, warnings };
}

const lines = (map: ReadonlyMap<string, readonly Pod[]>): readonly string[] =>
  [...map].map(([words, pods]) => `${words}: ${names(pods)}`);

async function run(session: Session): Promise<void> {
  const selection = await selectNodes(session, 'drain');
  throwAll(selection.errors);
  const dryRun = dryRunOf(session);
  for (const info of selection.infos) await setCordon(session, info, true);
  const failed: string[] = [];
  const errors: Error[] = [];
  for (const info of selection.infos) {
    try {
      await drainNode(session, info, dryRun);
      session.out(`node/${info.name} drained${dryRunSuffix(dryRun)}\n`);
    } catch (error) {
      failed.push(info.name);
      errors.push(asError(error));
      session.err(
        `error: unable to drain node ${JSON.stringify(info.name)} due to error: ${summary(asError(error))}, continuing command...\n`,
      );
    }
    await session.flush();
  }
  if (failed.length === 0) return;
  session.err(`There are pending nodes to be drained:\n${failed.map((name) => ` ${name}\n`).join('')}`);
  session.err(errors.map((error) => `${error.message}\n`).join(''));
  await session.flush();
  throw new ExitError(1);
}

const summary = (error: Error): string =>
  error.message.includes('\n') ? `[${error.message.split('\n').join(', ')}]` : error.message;

async function drainNode(session: Session, info: Info, dryRun: DryRun): Promise<void> {
  const { evict, errors, warnings } = await judge(session, info.name);
  if (errors.size > 0) throw new CommandError([...lines(errors)].sort(compareText).join('\n'));
  if (warnings.size > 0) session.warn(lines(warnings).join('; '));
  if (dryRun !== 'none') {
    for (const pod of evict) session.out(`evicting pod ${names([pod])}${dryRunSuffix(dryRun)}\n`);
    return;
  }
  await Promise.all(evict.map((pod) => evictPod(session, pod)));
}

async function evictPod(session: Session, pod: Pod): Promise<void> {
  const { flags, process } = session;
  const { name, namespace = '' } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const grace = flags.int('grace-period');
  const timeout = flags.duration('timeout');
  const deadline = timeout > 0 ? process.clock.now() + timeout : undefined;
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {};
  for (;;) {
    session.out(`evicting pod ${namespace}/${name}\n`);
    await session.flush();
    try {
      if (flags.bool('disable-eviction')) await session.rest().json('DELETE', path, { body: deleteOptions });
      else
        await session.rest().json('POST', `${path}/eviction`, {
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions },
        });
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!(error instanceof StatusError) || error.code !== 429)
        throw new CommandError(
          `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${asError(error).message}`,
        );
      if (deadline !== undefined && process.clock.now() + RETRY_MS > deadline)
        throw new CommandError(
          `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: global timeout reached: ${flags.string('timeout')}`,
        );
      session.err(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${error.message}\n`,
      );
      await session.flush();
      await process.clock.sleep(RETRY_MS, 'kubectl drain', process.killed);
    }
  }
  for (;;) {
    const live = (await readIfExists(session, path)) as unknown as Pod | undefined;
    if (!live || live.metadata.uid !== pod.metadata.uid) break;
    if (deadline !== undefined && process.clock.now() > deadline)
      throw new CommandError(
        `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${flags.string('timeout')}`,
      );
    await process.clock.sleep(POLL_MS, 'kubectl drain', process.killed);
    if (process.killed.aborted) return;
  }
  session.out(`pod/${name} evicted\n`);
  await session.flush();
}

export const drainCommand: Command = {
  name: 'drain',
  group: 'Cluster Management Commands',
  short: 'Drain node in preparation for maintenance',
  use: 'NODE',
  long: `Empty a node for maintenance: no new pods come, and those that are there are evicted, as far as disruption budgets allow.`,
  examples: `# Pods without a controller too
kubectl drain foo --force
# With fifteen minutes to end
kubectl drain foo --grace-period=900`,
  flags: [
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    CHUNK_FLAG,
    { name: 'delete-emptydir-data', kind: 'bool', usage: 'Evict pods whose local data will be lost.' },
    { name: 'disable-eviction', kind: 'bool', usage: 'Delete instead of evicting, past disruption budgets.' },
    { name: 'force', kind: 'bool', usage: 'Evict pods that no controller brings back.' },
    { name: 'grace-period', kind: 'int', default: '-1', usage: 'Seconds to end gracefully; -1 leaves it to the pod.' },
    { name: 'ignore-daemonsets', kind: 'bool', usage: 'Leave the pods of daemon sets.' },
    { name: 'pod-selector', kind: 'string', usage: 'Only pods with these labels.' },
    {
      name: 'skip-wait-for-delete-timeout',
      kind: 'int',
      usage: 'Do not wait for pods that have been going for longer.',
    },
    { name: 'timeout', kind: 'duration', usage: 'How long to try; 0 is for ever.' },
  ],
  run,
};
