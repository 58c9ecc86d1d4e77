/**
 * Query parameters as the options of each verb, with upstream's refusals.
 * @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go
 */
import {
  type FieldError,
  type FieldSelector,
  FieldSelectorError,
  fieldErrors,
  type LabelMatcher,
  LabelSelectorError,
  parseFieldSelector,
  parseLabelSelector,
  selectEverything,
  statusErrors,
} from '#engine/apimachinery';
import { validateDryRun } from '../registry/generic/deletion.ts';
import { validateFieldManager } from '../registry/generic/object-meta.ts';
import { queryBool } from '../request-info.ts';

export interface ListOptions {
  readonly labels: LabelMatcher;
  readonly fields: FieldSelector;
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly limit: number;
  readonly continue: string;
  readonly timeoutSeconds: number | undefined;
}

const NO_OPTIONS: ListOptions = Object.freeze({
  labels: selectEverything,
  fields: [],
  watch: false,
  allowWatchBookmarks: false,
  sendInitialEvents: undefined,
  resourceVersion: '',
  resourceVersionMatch: '',
  limit: 0,
  continue: '',
  timeoutSeconds: undefined,
});

/** Throws 400 for what cannot be read and 422 for what does not go together. `watch`: the verb is watch, whatever the query says. */
export function listOptionsOf(query: URLSearchParams, watch: boolean): ListOptions {
  if (query.size === 0 && !watch) return NO_OPTIONS;
  const text = (name: string) => query.get(name) ?? '';
  const options: ListOptions = {
    labels: readSelector(text('labelSelector'), parseLabelSelector, selectEverything),
    fields: readSelector(text('fieldSelector'), parseFieldSelector, []),
    watch: watch || queryBool(query.get('watch')),
    allowWatchBookmarks: queryBool(query.get('allowWatchBookmarks')),
    sendInitialEvents: query.has('sendInitialEvents') ? queryBool(query.get('sendInitialEvents')) : undefined,
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
    limit: readInt(query, 'limit') ?? 0,
    continue: text('continue'),
    timeoutSeconds: readInt(query, 'timeoutSeconds'),
  };
  refuse('ListOptions', validateListOptions(options));
  return options;
}

function readSelector<T>(text: string, parse: (text: string) => T, none: T): T {
  if (text === '') return none;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof LabelSelectorError || error instanceof FieldSelectorError)
      throw statusErrors.badRequest(error.message);
    throw error;
  }
}

/** A query parameter of type int64. Throws 400 with the words of Go's strconv. */
export function readInt(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw statusErrors.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function validateListOptions(options: ListOptions): readonly FieldError[] {
  const { resourceVersionMatch: match, resourceVersion, sendInitialEvents } = options;
  if (sendInitialEvents !== undefined || options.watch) return validateWatchOptions(options);
  const errors: FieldError[] = [];
  const forbid = (detail: string) => errors.push(fieldErrors.forbidden('resourceVersionMatch', detail));
  if (match === '') return errors;
  if (options.continue) forbid('resourceVersionMatch is forbidden when continue is provided');
  if (resourceVersion === '') forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(fieldErrors.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
  }
  if (match === 'Exact' && resourceVersion === '0')
    forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  return errors;
}

function validateWatchOptions(options: ListOptions): readonly FieldError[] {
  const { resourceVersionMatch: match, sendInitialEvents, watch } = options;
  const errors: FieldError[] = [];
  const forbid = (detail: string) => errors.push(fieldErrors.forbidden('resourceVersionMatch', detail));
  if (!watch && sendInitialEvents !== undefined) {
    errors.push(fieldErrors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
    return errors;
  }
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (sendInitialEvents === undefined && match !== '')
    forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (match !== '' && match !== 'NotOlderThan')
    errors.push(fieldErrors.notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  if (options.continue) errors.push(fieldErrors.forbidden('continue', 'continue is forbidden for watch'));
  return errors;
}

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly force: boolean | undefined;
}

/** Options of create, update and patch. Throws 422 in the name of `kind`. */
export function writeOptionsOf(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  isApply = false,
): WriteOptions {
  if (query.size === 0) {
    if (isApply) refuse(kind, [fieldErrors.required('fieldManager', 'is required for apply patch')]);
    return { dryRun: false, fieldManager: '', fieldValidation: 'Warn', force: undefined };
  }
  const dryRun = query.getAll('dryRun');
  const fieldManager = query.get('fieldManager') ?? '';
  const fieldValidation = query.get('fieldValidation') ?? '';
  const force = query.has('force') ? queryBool(query.get('force')) : undefined;
  const errors: FieldError[] = [];
  if (kind === 'PatchOptions') {
    if (isApply) {
      if (fieldManager === '') errors.push(fieldErrors.required('fieldManager', 'is required for apply patch'));
    } else if (force !== undefined) {
      errors.push(fieldErrors.forbidden('force', 'may not be specified for non-apply patch'));
    }
  }
  errors.push(...validateFieldManager(fieldManager, 'fieldManager'));
  errors.push(...validateDryRun(dryRun));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    errors.push(fieldErrors.notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  refuse(kind, errors);
  const mode = fieldValidation === 'Ignore' || fieldValidation === 'Strict' ? fieldValidation : 'Warn';
  return { dryRun: dryRun.length > 0, fieldManager, fieldValidation: mode, force };
}

function refuse(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw statusErrors.invalid({ group: 'meta.k8s.io', kind }, '', errors);
}
