/** What operators may see of queues: `/debug/api_priority_and_fairness/`. @upstream staging/src/k8s.io/apiserver/pkg/util/flowcontrol/apf_controller_debug.go */
import type { HttpRequest, HttpResponse } from '#engine/http';
import { formatTime } from '#engine/sim';
import type { Fairness } from './fairness.ts';
import type { Level, Queue } from './queues.ts';

type Row = readonly (string | number | boolean)[];

const LEVELS = ['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests'];
const QUEUES = [
  'PriorityLevelName',
  'Index',
  'PendingRequests',
  'ExecutingRequests',
  'SeatsInUse',
  'NextDispatchR',
  'InitialSeatsSum',
  'MaxSeatsSum',
  'TotalWorkSum',
];
const REQUESTS = [
  'PriorityLevelName',
  'FlowSchemaName',
  'QueueIndex',
  'RequestIndexInQueue',
  'FlowDistingsher',
  'ArriveTime',
  'InitialSeats',
  'FinalSeats',
  'AdditionalLatency',
];
const DETAILS = ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource'];
const NONE = '<none>';

/** The page of this path; undefined when there is none. */
export function fairnessPage(fairness: Fairness, { path, query }: HttpRequest): HttpResponse | undefined {
  const page = path.slice(path.lastIndexOf('/') + 1);
  const levels = [...fairness.levels()];
  if (page === 'dump_priority_levels') return table(LEVELS, levels.map(levelRow));
  if (page === 'dump_queues') return table(QUEUES, levels.flatMap(queueRows));
  if (page !== 'dump_requests') return undefined;
  const detailed = (query.get('includeRequestDetails') ?? '') !== '';
  const rows = levels.flatMap(([name, level]) => (level ? requestRows(name, level, detailed) : []));
  return table(detailed ? [...REQUESTS, ...DETAILS] : REQUESTS, rows);
}

function levelRow([name, level]: readonly [string, Level | undefined]): Row {
  if (!level) return [name, ...LEVELS.slice(1).map(() => NONE)];
  const active = [...level.queues.values()].filter(({ waiting }) => waiting.length > 0).length;
  const isIdle = level.waiting === 0 && level.executing === 0;
  return [name, active, isIdle, false, level.waiting, level.executing];
}

function queueRows([name, level]: readonly [string, Level | undefined]): readonly Row[] {
  if (!level) return [[name, ...QUEUES.slice(1).map(() => NONE)]];
  return Array.from({ length: level.queueCount }, (_, index) => {
    const { waiting, executing, next }: Pick<Queue, 'waiting' | 'executing' | 'next'> = level.queues.get(index) ?? {
      waiting: [],
      executing: 0,
      next: 0,
    };
    const seats = waiting.length;
    return [
      name,
      index,
      seats,
      executing,
      executing,
      `${(next / 1000).toFixed(8)}ss`,
      seats,
      seats,
      `${seats}.00000000ss`,
    ];
  });
}

const requestRows = (name: string, level: Level, detailed: boolean): readonly Row[] =>
  [...level.queues.values()]
    .toSorted((a, b) => a.index - b.index)
    .flatMap(({ index, waiting }) =>
      waiting.map(({ flowSchema, distinguisher, arrived, username, info }, at) => [
        ...[name, flowSchema, index, at, distinguisher, formatTime(arrived), 1, 0, '0s'],
        ...(detailed
          ? [
              ...[username, info.verb, info.path, info.namespace, info.name],
              ...[info.apiGroup === '' ? info.apiVersion : `${info.apiGroup}/${info.apiVersion}`, info.resource],
              info.subresource,
            ]
          : []),
      ]),
    );

/** Cells with commas, in columns of at least eight. */
function table(headers: readonly string[], rows: readonly Row[]): HttpResponse {
  const cells = [headers, ...rows].map((row) => row.map((cell, i) => `${cell}${i < row.length - 1 ? ',' : ''}`));
  const widths = headers.map((_, column) => Math.max(8, ...cells.map((row) => (row[column]?.length ?? 0) + 1)));
  const lines = cells.map((row) =>
    row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell)).join(''),
  );
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: { kind: 'text', text: `${lines.join('\n')}\n` },
  };
}
