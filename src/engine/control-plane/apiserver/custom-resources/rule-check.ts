/**
 * The rules of a schema asked about an object.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
import { compareText, type FieldError, fieldErrors, isJsonMap, type JsonMap, jsonEqual } from '#engine/apimachinery';
import type * as cel from '#engine/cel';
import type { CelType } from '#engine/cel';
import { celType } from './cel-types.ts';
import type { RuleCheck } from './custom-strategy.ts';
import { parseFieldPath } from './field-paths.ts';
import { type CompiledRule, compileRules } from './rules.ts';
import { itemsOf, type Rule, type SchemaProps, valuesOf } from './schema-props.ts';

type Cel = typeof cel;

/** What one rule may cost, and what all rules of a request may. */
const CALL_LIMIT = 1_000_000;
const BUDGET = 10_000_000;
const MAX_MESSAGE_BYTES = 5 * 1024;
const NO_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** A schema with rules somewhere in it. */
interface RuleNode {
  readonly schema: SchemaProps;
  readonly self: CelType | undefined;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly items: RuleNode | undefined;
  readonly values: RuleNode | undefined;
}

function nodeOf(cel: Cel, schema: SchemaProps, isRoot: boolean): RuleNode | undefined {
  const below = (one: SchemaProps | undefined) =>
    one && nodeOf(cel, one, one['x-kubernetes-embedded-resource'] === true);
  const properties = new Map<string, RuleNode>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const node = below(property);
    if (node) properties.set(name, node);
  }
  const items = below(itemsOf(schema));
  const values = below(valuesOf(schema));
  const self = (schema['x-kubernetes-validations']?.length ?? 0) > 0 ? celType(schema, isRoot, 'selfType') : undefined;
  if (!self && properties.size === 0 && !items && !values) return undefined;
  return { schema, self, rules: self ? compileRules(cel, schema, self) : [], properties, items, values };
}

/** What asks the rules of a root schema; undefined when it has none. */
export function ruleCheck(cel: Cel, schema: SchemaProps): RuleCheck | undefined {
  const root = nodeOf(cel, schema, true);
  if (!root) return undefined;
  return (object, old) => {
    const run: Run = { cel, errors: [], budget: BUDGET };
    visit(run, root, object, old, '');
    return run.errors;
  };
}

interface Run {
  readonly cel: Cel;
  readonly errors: FieldError[];
  /** What is left; below zero nothing more is asked. */
  budget: number;
}

const child = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function visit(run: Run, node: RuleNode, value: unknown, old: unknown, path: string): void {
  if (value === null || value === undefined || run.budget < 0) return;
  ask(run, node, value, old, path);
  if (Array.isArray(value) && node.items) {
    for (const [i, item] of value.entries())
      visit(run, node.items, item, oldItem(node.schema, item, old), `${path}[${i}]`);
  }
  if (!isJsonMap(value)) return;
  const mapType = node.schema['x-kubernetes-map-type'];
  const before: JsonMap = isJsonMap(old) && (mapType === undefined || mapType === 'granular') ? old : {};
  for (const name of Object.keys(value).sort(compareText)) {
    const property = node.properties.get(name);
    if (property) visit(run, property, value[name], before[name], child(path, name));
    else if (node.values && !(name in (node.schema.properties ?? {})))
      visit(run, node.values, value[name], before[name], `${path}[${name}]`);
  }
}

/** Items of maps are told by their keys; others cannot be. */
function oldItem(schema: SchemaProps, item: unknown, old: unknown): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isJsonMap(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return old.find((one) => isJsonMap(one) && keys.every((key) => jsonEqual(one[key], item[key])));
}

/** Objects and lists are left out of messages. */
const invalid = (path: string, value: unknown, detail: string): FieldError => {
  const error = fieldErrors.invalid(path || '<nil>', value, detail);
  return typeof value === 'object' ? { ...error, body: `Invalid value: ${detail}` } : error;
};

function ask(run: Run, node: RuleNode, value: unknown, old: unknown, path: string): void {
  const { self } = node;
  if (!self) return;
  const unchanged = old !== undefined && jsonEqual(value, old);
  for (const compiled of node.rules) {
    if (run.budget <= 0) {
      run.errors.push(invalid(path, value, NO_BUDGET));
      run.budget = -1;
      return;
    }
    const { rule, usesOldSelf } = compiled;
    if (usesOldSelf && old === undefined && !rule.optionalOldSelf) continue;
    const error = askOne(run, compiled, self, value, old, path);
    if (error && (usesOldSelf || !unchanged)) run.errors.push(error);
    if (run.budget < 0) return;
  }
}

function askOne(
  run: Run,
  compiled: CompiledRule,
  self: CelType,
  value: unknown,
  old: unknown,
  path: string,
): FieldError | undefined {
  const { rule, program } = compiled;
  if (typeof program === 'string') return invalid(path, value, `rule compile error: ${program}`);
  const values = { self: value, oldSelf: oldSelfOf(run.cel, rule, self, old) };
  const outcome = program.evaluate(values, { costBudget: CALL_LIMIT });
  if (outcome.cost > run.budget) {
    run.budget = -1;
    return invalid(path, value, NO_BUDGET);
  }
  run.budget -= outcome.cost;
  if ('error' in outcome) {
    const name = ruleName(rule);
    if (outcome.exceeded) {
      run.budget = -1;
      const why = 'no further validation rules will be run due to call cost exceeds limit for rule';
      return invalid(path, value, `'${outcome.error}': ${why}: ${name}`);
    }
    const overload = outcome.error.startsWith('no such overload');
    const why = 'call arguments did not match a supported operator, function or macro signature for rule';
    return invalid(
      path,
      value,
      overload ? `'${outcome.error}': ${why}: ${name}` : `${outcome.error} evaluating rule: ${name}`,
    );
  }
  if (outcome.value === true) return undefined;
  return refusal(rule, fieldOf(rule, path), value, messageOf(run, compiled, values));
}

function oldSelfOf(cel: Cel, rule: Rule, self: CelType, old: unknown): unknown {
  if (!rule.optionalOldSelf) return old ?? null;
  return new cel.Optional(old === undefined ? undefined : cel.celValue(old, self));
}

const ruleName = (rule: Rule): string => (rule.message || rule.rule).trim();
const defaultMessage = (rule: Rule): string => (rule.message ? rule.message.trim() : `failed rule: ${ruleName(rule)}`);

/** The rule's own message, as far as it makes a good one. */
function messageOf(
  run: Run,
  { rule, message }: CompiledRule,
  values: { readonly self: unknown; readonly oldSelf: unknown },
): string {
  if (!message || typeof message === 'string') return defaultMessage(rule);
  const outcome = message.evaluate(values, { costBudget: CALL_LIMIT });
  run.budget -= outcome.cost;
  if ('error' in outcome || typeof outcome.value !== 'string') return defaultMessage(rule);
  const text = outcome.value.trim();
  const tooLong = new TextEncoder().encode(text).length > MAX_MESSAGE_BYTES;
  return text === '' || tooLong || /[\n\r]/.test(text) ? defaultMessage(rule) : text;
}

/** The field that a rule points at. */
function fieldOf({ fieldPath }: Rule, path: string): string {
  if (!fieldPath) return path;
  return (parseFieldPath(fieldPath) ?? []).reduce<string>(
    (at, step) =>
      typeof step === 'string' && /^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(step) ? child(at, step) : `${at}[${step}]`,
    path,
  );
}

function refusal({ reason }: Rule, path: string, value: unknown, detail: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return fieldErrors.forbidden(path, detail);
    case 'FieldValueRequired':
      return fieldErrors.required(path, detail);
    case 'FieldValueDuplicate':
      return typeof value === 'object'
        ? { ...fieldErrors.duplicate(path, ''), body: 'Duplicate value' }
        : fieldErrors.duplicate(path, value);
    default:
      return invalid(path, value, detail);
  }
}
