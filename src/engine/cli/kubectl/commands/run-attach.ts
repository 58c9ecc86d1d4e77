/** run -i, run --attach: wait for the pod, attach to it, leave with its exit code, and with --rm delete it. */
import type { Pod } from '#engine/api';
import { asError, CodeError } from '../errors.ts';
import type { Info } from '../resource/info.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';
import { deleteAndWait } from './delete-wait.ts';
import { attachContainer } from './exec.ts';
import { waitUntil } from './wait-until.ts';

export async function attachToRun(session: Session, namespace: string, created: JsonObject): Promise<void> {
  const { flags } = session;
  const mapper = await session.mapper();
  const { resource } = mapper.lookup('pods');
  const pod = created as unknown as Pod;
  const info: Info = { resource, namespace, name: pod.metadata.name, source: '', object: created };
  try {
    await follow(session, info, pod);
  } finally {
    if (flags.bool('rm')) {
      await deleteAndWait(session, info, {});
      session.out(`pod ${JSON.stringify(info.name)} deleted from ${namespace} namespace\n`);
      await session.flush();
    }
  }
}

const phaseOf = (object: JsonObject): string => (object as unknown as Pod).status?.phase ?? '';

async function follow(session: Session, info: Info, pod: Pod): Promise<void> {
  const { flags } = session;
  const container = pod.spec.containers[0]?.name ?? '';
  const started = await waitUntil(session, info, flags.duration('pod-running-timeout'), (object) => {
    const now = object as unknown as Pod;
    if (phaseOf(object) !== 'Running') return phaseOf(object) === 'Succeeded' || phaseOf(object) === 'Failed';
    const ready = now.status?.conditions?.find((one) => one.type === 'Ready');
    return ready?.status === 'True';
  });
  if (started && phaseOf(started) === 'Running') await attachOrLog(session, info, started as unknown as Pod, container);
  else await printLog(session, info, container);
  if (flags.string('restart') === 'Always') return;
  const ended = await waitUntil(
    session,
    info,
    0,
    (object) => phaseOf(object) === 'Succeeded' || phaseOf(object) === 'Failed',
  );
  const code = (ended as unknown as Pod | undefined)?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? 0;
  if (code !== 0) throw new CodeError(`pod ${info.namespace}/${info.name} terminated (Error)`, code);
}

async function attachOrLog(session: Session, info: Info, pod: Pod, container: string): Promise<void> {
  try {
    await attachContainer(session, pod, container, session.flags.bool('stdin'));
  } catch (error) {
    if (session.process.killed.aborted) throw error;
    session.err(
      `warning: couldn't attach to pod/${info.name}, falling back to streaming logs: ${asError(error).message}\n`,
    );
    await printLog(session, info, container);
  }
}

/** It was over before we could attach: what it printed is in its log. */
async function printLog(session: Session, info: Info, container: string): Promise<void> {
  const response = await session.rest().request('GET', `/api/v1/namespaces/${info.namespace}/pods/${info.name}/log`, {
    query: { container },
    accept: '*/*',
  });
  const { body } = response;
  if (body?.kind === 'text') session.out(body.text);
  if (body?.kind === 'bytes') await session.writeBytes('stdout', body.bytes);
  if (body?.kind !== 'stream' || body.framing !== 'bytes') return;
  for (let bytes = await body.frames.read(); bytes !== undefined; bytes = await body.frames.read())
    await session.writeBytes('stdout', bytes);
}
