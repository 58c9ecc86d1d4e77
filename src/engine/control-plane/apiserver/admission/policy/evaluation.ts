/**
 * Expressions of one policy over one request: variables when they are asked for, one budget for all, answers of the authorizer remembered.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/cel/condition.go, composition.go
 */
import type { MatchCondition, ParamKind, Variable } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { AuthorizationAnswer, AuthorizationQuestion, CelProgram, CelType, Compiled, Value } from '#engine/cel';
import type { LoadAsset } from '../../assets.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { celLibrary } from '../../cel-library.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { compileFor, type Declared, variableType, type Wanted } from './environment.ts';
import type { Matched } from './match.ts';

/** What one expression, one policy, and the conditions of one policy or webhook may cost. @upstream staging/src/k8s.io/apiserver/pkg/apis/cel/config.go */
const PER_CALL_LIMIT = 1_000_000;
const POLICY_BUDGET = 10_000_000;
const CONDITIONS_BUDGET = 2_500_000;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** Evaluation cannot go on. */
export class EvaluationStopped extends Error {}

/** Variables of a policy with their programs. */
export interface Composed {
  readonly declared: Declared;
  readonly programs: ReadonlyMap<string, Compiled>;
}

/** Compiles variables one after the other: each knows those before it. */
function compose(variables: readonly Variable[] = [], hasParams = false): Composed {
  const composed = new Map<string, CelType>();
  const programs = new Map<string, Compiled>();
  const declared = { hasParams, hasAuthorizer: true };
  for (const { name, expression } of variables) {
    const compiled = compileFor(expression, { ...declared, composed }, 'any');
    programs.set(name, compiled);
    composed.set(name, variableType(compiled));
  }
  return { declared: { ...declared, composed }, programs };
}

/** An expression as the policy says it, and its program or why it has none. */
export interface Prepared {
  readonly expression: string;
  readonly compiled: Compiled;
}

export const prepare = (expression: string, declared: Declared, wanted: Wanted): Prepared => ({
  expression,
  compiled: compileFor(expression, declared, wanted),
});

/** What an expression gave, or upstream's words for why not. */
export type Evaluated = { readonly value: Value } | { readonly error: string };

const questionKey = (question: AuthorizationQuestion): string => JSON.stringify(question);

/** What is known while one request is looked at; shared by all policies, as upstream's caching authorizer is. */
export class Answers {
  readonly #known = new Map<string, AuthorizationAnswer>();
  readonly #authorizer: Authorizer;
  readonly #attributes: AdmissionAttributes;

  constructor(authorizer: Authorizer, attributes: AdmissionAttributes) {
    this.#authorizer = authorizer;
    this.#attributes = attributes;
  }

  /** Answers at once, or throws AuthorizationNeeded. */
  readonly ask = (question: AuthorizationQuestion): AuthorizationAnswer => {
    const known = this.#known.get(questionKey(question));
    if (known) return known;
    throw new (celLibrary().AuthorizationNeeded)(question);
  };

  async find(question: AuthorizationQuestion): Promise<void> {
    const { serviceAccount, path } = question;
    const user = serviceAccount
      ? {
          username: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
          groups: [
            'system:serviceaccounts',
            `system:serviceaccounts:${serviceAccount.namespace}`,
            'system:authenticated',
          ],
        }
      : this.#attributes.user;
    const {
      allowed,
      reason = '',
      evaluationError,
    } = await this.#authorizer.authorize({
      user,
      verb: question.verb,
      isResourceRequest: path === undefined,
      path: path ?? '',
      apiGroup: question.group ?? '',
      apiVersion: '*',
      resource: question.resource ?? '',
      subresource: question.subresource ?? '',
      namespace: question.namespace ?? '',
      name: question.name ?? '',
    });
    this.#known.set(questionKey(question), {
      allowed,
      reason,
      ...(evaluationError !== undefined && !allowed && { error: evaluationError }),
    });
  }
}

/** Runs `evaluate` until the authorizer's answers that it needs are there. */
export async function withAnswers<T>(answers: Answers, evaluate: () => T): Promise<T> {
  const { AuthorizationNeeded } = celLibrary();
  for (;;) {
    try {
      return evaluate();
    } catch (error) {
      if (!(error instanceof AuthorizationNeeded)) throw error;
      await answers.find(error.question);
    }
  }
}

export interface Subject {
  readonly attributes: AdmissionAttributes;
  readonly matched: Matched;
  readonly namespaceObject: KubeObject | undefined;
  /** Absent: nobody can be asked. */
  readonly answers: Answers | undefined;
}

const kindOf = ({ group, version, kind }: Matched['resource']) => ({ group, version, kind });
const resourceOf = ({ group, version, plural }: Matched['resource']) => ({ group, version, resource: plural });

/** The variable `request`. */
function requestValue({ attributes, matched }: Subject): object {
  const { operation, name, namespace, subresource, user, dryRun, resource } = attributes;
  return {
    kind: kindOf(matched.resource),
    resource: resourceOf(matched.resource),
    ...(subresource !== '' && { subResource: subresource, requestSubResource: subresource }),
    requestKind: kindOf(resource),
    requestResource: resourceOf(resource),
    name,
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: {
      username: user.username,
      ...(user.uid && { uid: user.uid }),
      groups: user.groups,
      ...(user.extra && { extra: user.extra }),
    },
    dryRun,
    options: { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1' },
  };
}

const OPTIONS = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: 'ConnectOptions',
} as const;

/** Only what is declared of Namespaces. */
function namespaceValue(namespace: KubeObject): object {
  const { uid, ...metadata } = namespace.metadata;
  return { ...namespace, metadata: { ...metadata, UID: uid } };
}

/** One policy with one parameter over one request. */
export class Evaluation {
  readonly #subject: Subject;
  readonly #params: KubeObject | undefined;
  readonly #composed: Composed;
  readonly #variables = new Map<string, Value | Error>();
  #budget: number;

  /** What is left of the budget. */
  get budget(): number {
    return this.#budget;
  }

  constructor(subject: Subject, params: KubeObject | undefined, composed: Composed, budget = POLICY_BUDGET) {
    this.#subject = subject;
    this.#params = params;
    this.#composed = composed;
    this.#budget = budget;
  }

  #values(): { readonly [name: string]: unknown } {
    const { attributes, matched, namespaceObject, answers } = this.#subject;
    const { authorizerValue, resourceCheckValue } = celLibrary();
    const shown = (object: KubeObject | undefined) => (object ? matched.show(object) : null);
    return {
      object: () => shown(attributes.object),
      oldObject: () => shown(attributes.oldObject),
      namespaceObject: () => (namespaceObject ? namespaceValue(namespaceObject) : null),
      request: () => requestValue(this.#subject),
      params: () => this.#params ?? null,
      authorizer: () => answers && authorizerValue(answers.ask),
      'authorizer.requestResource': () => {
        if (!answers) return undefined;
        const { resource, subresource, namespace, name } = attributes;
        return resourceCheckValue(answers.ask, {
          group: resource.group,
          resource: resource.plural,
          ...(subresource !== '' && { subresource }),
          ...(namespace !== '' && { namespace }),
          ...(name !== '' && { name }),
        });
      },
      variables: () => ({
        kind: 'map',
        typeName: 'kubernetes.variables',
        size: this.#composed.programs.size,
        get: (name: Value) => this.#variable(String(name)),
        keys: () => this.#composed.programs.keys(),
      }),
    };
  }

  #variable(name: string): Value {
    const known = this.#variables.get(name);
    if (known instanceof Error) throw known;
    if (known !== undefined) return known;
    const compiled = this.#composed.programs.get(name);
    const { CelError } = celLibrary();
    const failed = (how: string, why: string) =>
      new CelError(`composited variable ${JSON.stringify(name)} fails to ${how}: ${why}`);
    let result: Value | Error;
    if (!compiled || 'error' in compiled) result = failed('compile', compiled?.error ?? '');
    else {
      const outcome = this.#run(compiled.program);
      result = 'error' in outcome ? failed('evaluate', outcome.error) : outcome.value;
    }
    this.#variables.set(name, result);
    if (result instanceof Error) throw result;
    return result;
  }

  #run(program: CelProgram): Evaluated {
    const outcome = program.evaluate(this.#values(), { costBudget: PER_CALL_LIMIT });
    this.#budget -= outcome.cost;
    if (this.#budget < 0) throw new EvaluationStopped(OUT_OF_BUDGET);
    return 'error' in outcome ? { error: outcome.error } : { value: outcome.value };
  }

  /** Throws EvaluationStopped when the budget is used up, AuthorizationNeeded when somebody has to be asked. */
  evaluate({ expression, compiled }: Prepared): Evaluated {
    if ('error' in compiled) return { error: `compilation error: ${compiled.error}` };
    const result = this.#run(compiled.program);
    return 'error' in result ? { error: `expression '${expression}' resulted in error: ${result.error}` } : result;
  }
}

/** Conditions that a request must meet; prepared once per policy or webhook. */
export interface Condition extends Prepared {
  readonly name: string;
}

export const prepareConditions = (
  conditions: readonly MatchCondition[] = [],
  hasParams = false,
): readonly Condition[] =>
  conditions.map(({ name, expression }) => ({
    name,
    ...prepare(expression, { hasParams, hasAuthorizer: true }, 'bool'),
  }));

/** A policy's conditions and variables, ready to run. */
export interface ReadyPolicy {
  readonly conditions: readonly Condition[];
  readonly composed: Composed;
}

interface PolicySpec {
  readonly paramKind?: ParamKind;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly Variable[];
}

/** Makes programs of policies of a kind: by spec, so that a policy that is changed has others. `rest` prepares what only the kind has. */
export function preparing<S extends PolicySpec, T>(
  rest: (spec: S, declared: Declared) => T,
): (spec: S | undefined) => ReadyPolicy & T {
  const known = new WeakMap<object, ReadyPolicy & T>();
  return (spec = {} as S) => {
    let ready = known.get(spec);
    if (!ready) {
      const hasParams = spec.paramKind !== undefined;
      const composed = compose(spec.variables, hasParams);
      const conditions = prepareConditions(spec.matchConditions, hasParams);
      ready = { conditions, composed, ...rest(spec, composed.declared) };
      known.set(spec, ready);
    }
    return ready;
  };
}

/** What a plugin of policies needs to know. */
export interface Deciding {
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset;
}

/** Errors as one. @upstream staging/src/k8s.io/apimachinery/pkg/util/errors/errors.go */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`;
}

const NOTHING_COMPOSED: Composed = { declared: { hasParams: false, hasAuthorizer: true }, programs: new Map() };

/**
 * Whether all conditions hold. One that is false decides, whatever fails; otherwise failures are an error.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go
 */
export function meetsConditions(
  conditions: readonly Condition[],
  subject: Subject,
  params: KubeObject | undefined,
): { readonly matches: boolean; readonly errors: readonly string[] } {
  const evaluation = new Evaluation(subject, params, NOTHING_COMPOSED, CONDITIONS_BUDGET);
  const errors: string[] = [];
  for (const condition of conditions) {
    let result: Evaluated;
    try {
      result = evaluation.evaluate(condition);
    } catch (error) {
      if (!(error instanceof EvaluationStopped)) throw error;
      return { matches: false, errors: [error.message] };
    }
    if ('error' in result) errors.push(result.error);
    else if (result.value === false) return { matches: false, errors: [] };
  }
  return { matches: errors.length === 0, errors };
}
