/** The list of requests. */
import type { RequestTrace } from '#engine/cluster';
import type { TraceEvent } from '#engine/sim';
import type { RequestQuery, RequestRow } from './request-walk.ts';
import { programOf, quoted, whoOf } from './requests.ts';
import { createScene, type Scene, type Sources } from './scene.ts';

/** The newest first. */
export function requestRows(sources: Sources, query: RequestQuery): readonly RequestRow[] {
  const scene = createScene(sources);
  const rows: RequestRow[] = [];
  const all = sources.requests.all(query.of);
  for (let i = all.length - 1; i >= 0 && rows.length < query.limit; i--) {
    const event = all[i] as TraceEvent;
    const { walk, code } = event.detail as RequestTrace;
    if (query.refused && code < 400) continue;
    if (query.session !== undefined && walk.headers['kubectl-session'] !== query.session) continue;
    const row = rowOf(scene, event);
    if (query.terminal === undefined || row.terminal === query.terminal) rows.push(row);
  }
  return rows;
}

/** A request in a line. */
export function rowOf(scene: Scene, event: TraceEvent): RequestRow {
  const { walk, user, code } = event.detail as RequestTrace;
  const agent = walk.headers['user-agent'];
  const session = walk.headers['kubectl-session'];
  const query = walk.query.toString();
  const command = session === undefined ? undefined : scene.command(session);
  const { argv, terminal } = (command?.detail ?? {}) as {
    readonly argv?: readonly string[];
    readonly terminal?: string;
  };
  const number = /(\d+)$/.exec(terminal ?? '')?.[1];
  return {
    id: event.seq,
    at: walk.startedAt,
    method: walk.method,
    path: query === '' ? walk.path : `${walk.path}?${query}`,
    verb: walk.info.verb,
    who: user === '' ? '' : whoOf({ user, ...(agent && { agent }) }),
    program: programOf(agent),
    code,
    ...(session !== undefined && { session }),
    ...(argv && { line: argv.map(quoted).join(' ') }),
    ...(number !== undefined && { terminal: Number(number) }),
  };
}
