/**
 * LimitRanges: what one Pod, container or claim of a namespace may ask for, and gets when it does not ask.
 * @upstream pkg/registry/core/limitrange/strategy.go, pkg/apis/core/validation/validation.go, pkg/apis/core/v1/defaults.go
 */
import { type LimitRange, type LimitRangeItem, limitRanges } from '#engine/api';
import { canonicalQuantity, compareQuantity, fieldErrors, isQualifiedName, parseQuantity } from '#engine/apimachinery';
import { nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeItems, changeMember, emptyAsNull } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkFormat, type Errors } from '../validation.ts';
import { checkContainerResourceName, checkResourceName, isOvercommitAllowed } from './resource-names.ts';

type Quantities = { readonly [resource: string]: string };
const TYPES = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);

/** A container's maximum is its default limit, its default limit its default request. */
function defaultItem(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  return {
    ...item,
    ...(Object.keys(limits).length > 0 && { default: limits }),
    ...(Object.keys(requests).length > 0 && { defaultRequest: requests }),
  };
}

const defaults = (range: LimitRange): LimitRange =>
  changeMember(range, 'spec', (spec) => changeItems(spec, 'limits', defaultItem));

/** One without a name gets some name nobody else has. */
const named = (range: LimitRange): LimitRange =>
  range.metadata.name ? range : { ...range, metadata: { ...range.metadata, name: range.metadata.uid ?? '' } };

const stored = (range: LimitRange): LimitRange => changeMember(range, 'spec', (spec) => emptyAsNull(spec, 'limits'));

function validate({ spec }: LimitRange): Errors {
  const errors: Errors = [];
  const types = new Set<string>();
  for (const [i, item] of (spec?.limits ?? []).entries()) {
    const path = `spec.limits[${i}]`;
    checkType(errors, `${path}.type`, item.type ?? '');
    if (types.has(item.type)) errors.push(fieldErrors.duplicate(`${path}.type`, item.type));
    types.add(item.type);
    checkItem(errors, path, item);
  }
  return errors;
}

function checkType(errors: Errors, path: string, type: string): void {
  const before = errors.length;
  checkFormat(errors, path, type, isQualifiedName);
  if (errors.length > before || type.includes('/') || TYPES.has(type)) return;
  errors.push(fieldErrors.invalid(path, type, 'must be a standard limit type or fully qualified'));
}

const FIELDS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function checkItem(errors: Errors, path: string, item: LimitRangeItem): void {
  const keys = new Set<string>();
  for (const field of FIELDS) {
    if (item.type === 'Pod' && (field === 'default' || field === 'defaultRequest')) {
      if (Object.keys(item[field] ?? {}).length > 0) {
        errors.push(fieldErrors.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
      }
      continue;
    }
    for (const name of Object.keys(item[field] ?? {})) {
      const isContainers = item.type === 'Pod' || item.type === 'Container';
      (isContainers ? checkContainerResourceName : checkResourceName)(errors, `${path}.${field}[${name}]`, name);
      keys.add(name);
    }
  }
  if (item.type === 'PersistentVolumeClaim' && !item.min?.storage && !item.max?.storage) {
    const why = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(fieldErrors.required(`${path}.limits`, why));
  }
  for (const name of [...keys].sort()) checkOrder(errors, path, item, name);
}

type Field = (typeof FIELDS)[number];

/** What must not be more than what: the two fields, where it is said, whose value is shown, and how both are called. */
const ORDER: readonly (readonly [small: Field, large: Field, at: Field, shown: Field, less: string, more: string])[] = [
  ['min', 'max', 'min', 'min', 'min value', 'max value'],
  ['min', 'defaultRequest', 'defaultRequest', 'defaultRequest', 'min value', 'default request value'],
  ['defaultRequest', 'max', 'defaultRequest', 'defaultRequest', 'default request value', 'max value'],
  ['defaultRequest', 'default', 'defaultRequest', 'defaultRequest', 'default request value', 'default limit value'],
  ['min', 'default', 'default', 'min', 'min value', 'default value'],
  ['default', 'max', 'default', 'max', 'default value', 'max value'],
];

function checkOrder(errors: Errors, path: string, item: LimitRangeItem, name: string): void {
  const of = (field: Field): string | undefined => (item[field] as Quantities | undefined)?.[name];
  for (const [small, large, at, shown, less, more] of ORDER) {
    const [a, b] = [of(small), of(large)];
    if (a === undefined || b === undefined || compareQuantity(a, b) <= 0) continue;
    const why = `${less} ${canonicalQuantity(a)} is greater than ${more} ${canonicalQuantity(b)}`;
    errors.push(fieldErrors.invalid(`${path}.${at}[${name}]`, canonicalQuantity(of(shown) ?? ''), why));
  }
  checkRatio(errors, `${path}.maxLimitRequestRatio[${name}]`, of('maxLimitRequestRatio'), of('min'), of('max'));
  const [limit, request] = [of('default'), of('defaultRequest')];
  if (limit !== undefined && request !== undefined && !isOvercommitAllowed(name) && compareQuantity(limit, request)) {
    const [is, must] = [canonicalQuantity(limit), canonicalQuantity(request)];
    const why = `default value ${is} must equal to defaultRequest value ${must} in ${name}`;
    errors.push(fieldErrors.invalid(`${path}.defaultRequest[${name}]`, must, why));
  }
}

const amountOf = (quantity: string): number => Number(parseQuantity(quantity).nanos) / 1e9;

function checkRatio(
  errors: Errors,
  path: string,
  ratio: string | undefined,
  min: string | undefined,
  max: string | undefined,
): void {
  if (ratio === undefined) return;
  const shown = canonicalQuantity(ratio);
  if (compareQuantity(ratio, '1') < 0) {
    errors.push(fieldErrors.invalid(path, shown, `ratio ${shown} is less than 1`));
  }
  if (min === undefined || max === undefined) return;
  const most = amountOf(max) / amountOf(min);
  if (amountOf(ratio) > most) {
    errors.push(fieldErrors.invalid(path, shown, `ratio ${shown} is greater than max/min = ${most.toFixed(6)}`));
  }
}

/** @fidelity full */
export const limitRangeStrategy: Strategy<LimitRange> = {
  resource: limitRanges,
  shortNames: ['limits'],
  defaults,
  prepareForCreate: (range) => stored(named(range)),
  prepareForUpdate: stored,
  validate,
  validateUpdate: validate,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    {
      name: 'Created At',
      type: 'date',
      description: fieldDescription('ObjectMeta', 'creationTimestamp'),
      cell: ({ metadata }) => metadata.creationTimestamp,
    },
  ],
};
