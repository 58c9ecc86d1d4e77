/**
 * Events, as v1 and as events.k8s.io/v1: the same objects with some fields named differently.
 * @upstream pkg/registry/core/event/strategy.go, pkg/apis/core/validation/events.go, pkg/apis/events/v1/conversion.go
 */

import type { Resource } from '#engine/api';
import { type CoreV1Event, type EventsV1Event, events } from '#engine/api';
import { fieldErrors, isDns1123Subdomain, isQualifiedName, type KubeObject } from '#engine/apimachinery';
import { column, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { sinceTime } from '../human-duration.ts';
import type { Strategy, VersionView } from '../strategy.ts';
import { checkFormat, checkImmutable, type Errors } from '../validation.ts';
import { utf8Length } from './data-size.ts';
import { internalForm } from './internal-form.ts';

const LIMIT = 128;
const NOTE_LIMIT = 1024;
const MISMATCH = 'does not match event.namespace';

function checkLength(errors: Errors, path: string, value: string, limit: number): void {
  if (utf8Length(value) > limit) errors.push(fieldErrors.invalid(path, '', `can have at most ${limit} characters`));
}

/** What an Event with an event time must say. */
function checkNewStyle(errors: Errors, event: CoreV1Event, controllerField: string): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const namespace = event.metadata.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') {
    errors.push(fieldErrors.invalid('involvedObject.namespace', involved, MISMATCH));
  }
  if (reportingComponent === '') errors.push(fieldErrors.required(controllerField));
  checkFormat(errors, controllerField, reportingComponent, isQualifiedName);
  if (reportingInstance === '') errors.push(fieldErrors.required('reportingInstance'));
  checkLength(errors, 'reportingInstance', reportingInstance, LIMIT);
  if (action === '') errors.push(fieldErrors.required('action'));
  checkLength(errors, 'action', action, LIMIT);
  if (reason === '') errors.push(fieldErrors.required('reason'));
  checkLength(errors, 'reason', reason, LIMIT);
  checkLength(errors, 'message', message, NOTE_LIMIT);
}

function legacyErrors(event: CoreV1Event, controllerField: string): Errors {
  const errors: Errors = [];
  const namespace = event.metadata.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  if (event.eventTime) checkNewStyle(errors, event, controllerField);
  else if (involved === '' ? namespace !== '' && namespace !== 'default' : namespace !== involved) {
    errors.push(fieldErrors.invalid('involvedObject.namespace', involved, MISMATCH));
  }
  checkFormat(errors, 'namespace', namespace, isDns1123Subdomain);
  return errors;
}

const validate = (event: CoreV1Event): Errors => legacyErrors(event, 'reportingComponent');

function checkSeries(errors: Errors, { series }: CoreV1Event): void {
  if (!series) return;
  if ((series.count ?? 0) < 2) errors.push(fieldErrors.invalid('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(fieldErrors.required('series.lastObservedTime'));
}

/** events.k8s.io/v1 is strict: what only old Events have must be absent. */
function validateStrictly(event: CoreV1Event): Errors {
  const errors = legacyErrors(event, 'reportingController');
  const unset = (path: string, value: unknown) => {
    if (value) errors.push(fieldErrors.invalid(path, '', 'needs to be unset'));
  };
  checkSeries(errors, event);
  if (!event.eventTime) errors.push(fieldErrors.required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(fieldErrors.invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  }
  unset('firstTimestamp', event.firstTimestamp);
  unset('lastTimestamp', event.lastTimestamp);
  unset('count', event.count);
  unset('source', event.source?.component || event.source?.host);
  return errors;
}

const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
] as const;

/** How Go prints a field of an Event. */
function printed(event: CoreV1Event, field: (typeof FIXED)[number]): unknown {
  if (field === 'source') return internalForm('EventSource', event.source ?? {});
  if (field === 'involvedObject') return internalForm('ObjectReference', event.involvedObject ?? {});
  if (field === 'related') return event.related && internalForm('ObjectReference', event.related);
  if (field === 'count') return event.count ?? 0;
  return event[field] ?? (/Time/.test(field) ? null : '');
}

function validateUpdateStrictly(next: CoreV1Event, current: CoreV1Event): Errors {
  const errors = legacyErrors(next, 'reportingController');
  if (next.series !== current.series) checkSeries(errors, next);
  for (const field of FIXED) checkImmutable(errors, field, next[field], current[field], printed(next, field));
  checkImmutable(errors, 'reportingController', next.reportingComponent, current.reportingComponent);
  checkImmutable(errors, 'reportingInstance', next.reportingInstance, current.reportingInstance);
  return errors;
}

/** v1's name of a field and what events.k8s.io/v1 calls it. */
const RENAMED: readonly (readonly [stored: keyof CoreV1Event, shown: keyof EventsV1Event])[] = [
  ['message', 'note'],
  ['involvedObject', 'regarding'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

function rename(
  object: KubeObject,
  apiVersion: string,
  pairs: readonly (readonly [from: string, to: string])[],
): KubeObject {
  const names = new Map(pairs);
  const entries = Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value] as const);
  return { ...Object.fromEntries(entries), apiVersion, kind: object.kind, metadata: object.metadata };
}

const eventsV1: Resource<EventsV1Event> = { ...events, group: 'events.k8s.io' } as Resource<EventsV1Event>;

/** What can be selected by of the object an event is about. */
const OBJECT_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

const views: VersionView<CoreV1Event>[] = [
  {
    resource: eventsV1 as Resource,
    fieldNames: {
      ...Object.fromEntries(OBJECT_FIELDS.map((field) => [`regarding.${field}`, `involvedObject.${field}`])),
      reason: 'reason',
      reportingController: 'reportingComponent',
      type: 'type',
    },
    fromStored: (event) => rename(event, 'events.k8s.io/v1', RENAMED),
    toStored: (event) =>
      rename(
        event,
        'v1',
        RENAMED.map(([stored, shown]) => [shown, stored]),
      ) as CoreV1Event,
    validate: validateStrictly,
    validateUpdate: validateUpdateStrictly,
  },
];

const firstSeen = ({ firstTimestamp, eventTime }: CoreV1Event, now: number) =>
  sinceTime(firstTimestamp || eventTime, now);

function lastSeen(event: CoreV1Event, now: number): string {
  if (event.series) return sinceTime(event.series.lastObservedTime, now);
  return event.lastTimestamp ? sinceTime(event.lastTimestamp, now) : firstSeen(event, now);
}

function object({ involvedObject: { kind = '', name = '' } = {} }: CoreV1Event): string {
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function source({ source: { component, host } = {}, reportingComponent, reportingInstance }: CoreV1Event): string {
  const who = component || reportingComponent || '';
  const where = host || reportingInstance || '';
  return where === '' ? who : `${who}, ${where}`;
}

const selector = (field: (typeof OBJECT_FIELDS)[number]) =>
  [`involvedObject.${field}`, (event: CoreV1Event) => event.involvedObject?.[field] ?? ''] as const;

/** @fidelity full */
export const eventStrategy: Strategy<CoreV1Event> = {
  resource: events,
  shortNames: ['ev'],
  validateName: () => [],
  validate,
  validateUpdate: validate,
  views,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  fieldSelectors: {
    ...Object.fromEntries(OBJECT_FIELDS.map(selector)),
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  },
  columns: [
    column('Last Seen', 'string', fieldDescription('CoreV1Event', 'lastTimestamp'), lastSeen),
    column('Type', 'string', fieldDescription('CoreV1Event', 'type'), (o) => o.type ?? ''),
    column('Reason', 'string', fieldDescription('CoreV1Event', 'reason'), (o) => o.reason ?? ''),
    column('Object', 'string', fieldDescription('CoreV1Event', 'involvedObject'), object),
    wideColumn(
      'Subobject',
      'string',
      fieldDescription('ObjectReference', 'fieldPath'),
      (o) => o.involvedObject?.fieldPath ?? '',
    ),
    wideColumn('Source', 'string', fieldDescription('CoreV1Event', 'source'), source),
    column('Message', 'string', fieldDescription('CoreV1Event', 'message'), (o) => (o.message ?? '').trim()),
    wideColumn('First Seen', 'string', fieldDescription('CoreV1Event', 'firstTimestamp'), firstSeen),
    wideColumn('Count', 'string', fieldDescription('CoreV1Event', 'count'), (o) =>
      o.series ? (o.series.count ?? 0) : o.count || 1,
    ),
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      priority: 1,
      description: fieldDescription('ObjectMeta', 'name'),
      cell: (o) => o.metadata.name,
    },
  ],
};
