/**
 * The rules of a schema compiled, with what running them may cost.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go, pkg/apis/apiextensions/validation/cel_validation.go
 */
import { type FieldError, fieldErrors } from '#engine/apimachinery';
import type * as cel from '#engine/cel';
import type { CelProgram, CelType } from '#engine/cel';
import { celType, maxCardinality } from './cel-types.ts';
import { invalidStruct, ruleForm } from './internal-form.ts';
import type { NotedRules } from './rule-validation.ts';
import type { Rule, SchemaProps } from './schema-props.ts';

type Cel = typeof cel;

interface CompileOptions {
  /** Where the schema stands: `spec.validation.openAPIV3Schema`. */
  readonly path: string;
  /** The schema is as it was: limits per rule no longer matter. */
  readonly unchanged: boolean;
}

/** Compiles every rule of a root schema and answers what is wrong with them, in upstream's order. */
export type CompileRules = (
  root: SchemaProps,
  noted: readonly NotedRules[],
  options: CompileOptions,
) => readonly FieldError[];

const RULE_LIMIT = 10_000_000;
const SCHEMA_LIMIT = 100_000_000;
const MAX_COST = 2 ** 64;
/** The rules that are named when all together cost too much. */
const MOST_EXPENSIVE = 4;
const WORTH_NAMING = SCHEMA_LIMIT / 100;

/** One rule, ready to run; a text says why it is not. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly program: CelProgram | string;
  /** Absent: there is none. */
  readonly message?: CelProgram | string;
  readonly usesOldSelf: boolean;
}

/** The rules of one schema against the type of its values. */
export function compileRules(cel: Cel, schema: SchemaProps, self: CelType): readonly CompiledRule[] {
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => {
    const oldSelf = rule.optionalOldSelf ? cel.optionalType(self) : self;
    const variables = { self, oldSelf };
    const compiled = cel.compile(rule.rule, { variables });
    const program = readProgram(compiled, 'bool', 'compilation failed: ', 'cel expression must evaluate to a bool');
    const text = rule.messageExpression;
    const usesOldSelf = typeof program !== 'string' && program.uses('oldSelf');
    if (!text) return { rule, program, usesOldSelf };
    const message = readProgram(
      cel.compile(text, { variables }),
      'string',
      'messageExpression compilation failed: ',
      'messageExpression must evaluate to a string',
    );
    return { rule, program, message, usesOldSelf };
  });
}

function readProgram(
  compiled: ReturnType<Cel['compile']>,
  kind: 'bool' | 'string',
  failed: string,
  wrongType: string,
): CelProgram | string {
  if (!('program' in compiled))
    return compiled.kind === 'program'
      ? failed.replace('compilation failed: ', compiled.error)
      : `${failed}${compiled.error}`;
  return compiled.program.type.kind === kind ? compiled.program : wrongType;
}

const multiplied = (cost: number, times: number): number => Math.min(cost * times, MAX_COST);

interface Expensive {
  readonly path: string;
  readonly cost: number;
}

/** What all rules of a schema cost together, and which cost most. */
class TotalCost {
  total = 0;
  most: Expensive[] = [];

  observe(path: string, cost: number): void {
    this.total = Math.min(this.total + cost, MAX_COST);
    if (cost < WORTH_NAMING) return;
    this.most.push({ path, cost });
    this.most.sort((a, b) => b.cost - a.cost);
    this.most = this.most.slice(0, MOST_EXPENSIVE);
  }
}

/** How much a cost is over its limit, as upstream says it. */
function overBudget(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const text = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** A compiler of rules for definitions. */
export const ruleCompiler =
  (cel: Cel): CompileRules =>
  (root, noted, { path, unchanged }) => {
    const errors: FieldError[] = [];
    const total = new TotalCost();
    for (const site of noted) {
      const self = celType(site.schema, site.schema === root, 'selfType');
      if (self) checkSite(errors, compileRules(cel, site.schema, self), site, total, unchanged);
    }
    if (total.total <= SCHEMA_LIMIT) return errors;
    const contributed = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    for (const one of total.most) errors.push(fieldErrors.forbidden(one.path, contributed));
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    errors.push(fieldErrors.forbidden(path, overBudget(what, total.total, SCHEMA_LIMIT)));
    return errors;
  };

function checkSite(
  errors: FieldError[],
  rules: readonly CompiledRule[],
  { schema, path, site, uncorrelatable }: NotedRules,
  total: TotalCost,
  unchanged: boolean,
): void {
  const times = site.cardinality ?? maxCardinality(schema);
  for (const [i, { rule, program, message, usesOldSelf }] of rules.entries()) {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const observe = (name: 'rule' | 'messageExpression', cost: number) => {
      if (!unchanged && cost > RULE_LIMIT)
        errors.push(fieldErrors.forbidden(`${at}.${name}`, overBudget(`estimated ${name} cost`, cost, RULE_LIMIT)));
      total.observe(`${at}.${name}`, cost);
    };
    if (typeof program === 'string') errors.push(invalidStruct(`${at}.rule`, ruleForm(rule), program));
    else observe('rule', multiplied(program.cost.max, times));
    if (typeof message === 'string') errors.push(invalidStruct(`${at}.messageExpression`, ruleForm(rule), message));
    else if (message) observe('messageExpression', message.cost.max);
    if (usesOldSelf && uncorrelatable !== undefined) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
      errors.push(fieldErrors.invalid(`${at}.rule`, rule.rule, why));
    } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
      const why = 'may not be set if oldSelf is not used in rule';
      errors.push(fieldErrors.invalid(`${at}.optionalOldSelf`, rule.optionalOldSelf, why));
    }
  }
}
