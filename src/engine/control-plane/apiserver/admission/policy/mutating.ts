/**
 * MutatingAdmissionPolicy: requests changed by expressions.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/mutating/dispatcher.go, patch/smd.go, patch/json_patch.go
 */
import {
  type MutatingAdmissionPolicy,
  type MutatingAdmissionPolicyBinding,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  schemaForKind,
} from '#engine/api';
import {
  applyJsonPatch,
  isJsonMap,
  JsonPatchError,
  type JsonPatchOperation,
  type KubeObject,
  mergeTyped,
  type Schema,
  typedFaults,
} from '#engine/apimachinery';
import type { Value } from '#engine/cel';
import type { LoadAsset } from '../../assets.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { celLibrary, loadCel } from '../../cel-library.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { Reinvocation } from '../reinvocation.ts';
import { type Invocation, invocations, namespaceObjectOf } from './binding.ts';
import {
  Answers,
  type Composed,
  type Condition,
  compose,
  Evaluation,
  EvaluationStopped,
  meetsConditions,
  type Prepared,
  prepare,
  prepareConditions,
  type Subject,
  withAnswers,
} from './evaluation.ts';
import { isExempt } from './match.ts';
import { refusal } from './refusal.ts';

type Mutation = Invocation<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>;

interface Deciding {
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset;
}

interface PreparedPolicy {
  readonly conditions: readonly Condition[];
  readonly composed: Composed;
  readonly mutations: readonly (Prepared & { readonly isJsonPatch: boolean })[];
}

const PLUGIN = 'MutatingAdmissionPolicy';
const prepared = new WeakMap<object, PreparedPolicy>();

function preparedPolicy({ spec }: MutatingAdmissionPolicy): PreparedPolicy {
  const known = prepared.get(spec ?? {});
  if (known) return known;
  const hasParams = spec?.paramKind !== undefined;
  const composed = compose(spec?.variables, hasParams);
  const declared = { ...composed.declared, hasPatchTypes: true };
  const policy: PreparedPolicy = {
    conditions: prepareConditions(spec?.matchConditions, hasParams),
    composed,
    mutations: (spec?.mutations ?? []).map(({ patchType, jsonPatch, applyConfiguration }) => {
      const isJsonPatch = patchType === 'JSONPatch';
      const expression = (isJsonPatch ? jsonPatch : applyConfiguration)?.expression ?? '';
      return { ...prepare(expression, declared, isJsonPatch ? 'list(JSONPatch)' : 'Object'), isJsonPatch };
    }),
  };
  if (spec) prepared.set(spec, policy);
  return policy;
}

/** The policy cannot do its work on this object. */
class MutationError extends Error {}

/** `Object.spec{}` must be the value of a field `spec`. */
function checkTypeNames(value: Value, expected: string): void {
  const { isMap, ListValue } = celLibrary();
  if (value instanceof ListValue) {
    for (const item of value) checkTypeNames(item, expected);
    return;
  }
  if (value === null || !isMap(value)) return;
  if (value.typeName !== undefined && value.typeName !== expected)
    throw new MutationError(
      `type mismatch: unexpected type name ${JSON.stringify(value.typeName)}, expected ${JSON.stringify(expected)}, which matches field name path from root Object type`,
    );
  for (const key of value.keys()) checkTypeNames(value.get(key) ?? null, `${expected}.${String(key)}`);
}

/** Paths of atomic parts: a policy must not replace what it may not know whole. */
function atomics(value: unknown, schema: Schema, path: string): readonly string[] {
  if (isJsonMap(value)) {
    const own = (schema.type === 'struct' || schema.type === 'map') && schema.atomic ? [path] : [];
    if (schema.type !== 'struct') return own;
    const inside = Object.entries(value).flatMap(([key, child]) => {
      const field = schema.fields.get(key);
      return field ? atomics(child, field.schema, `${path}.${key}`) : [];
    });
    return [...own, ...inside];
  }
  if (!Array.isArray(value) || schema.type !== 'list') return [];
  const own = schema.listType === 'set' || schema.listType === 'map' ? [] : [path];
  return [...own, ...value.flatMap((item, index) => atomics(item, schema.items, `${path}[${index}]`))];
}

function applyConfiguration(object: KubeObject, value: Value, schema: Schema): KubeObject {
  checkTypeNames(value, 'Object');
  const { apiVersion, kind } = object;
  const patch = { ...(celLibrary().jsonOf(value) as object), apiVersion, kind };
  const faults: string[] = [];
  typedFaults(patch, schema, '', faults);
  const fail = (why: string) => new MutationError(`error applying patch: ${why}`);
  if (faults.length > 0) {
    const list = faults.length === 1 ? faults[0] : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n');
    throw fail(`failed to convert patch object to typed object: ${list}`);
  }
  const whole = atomics(patch, schema, '');
  if (whole.length > 0)
    throw fail(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${whole.join(', ')}`);
  return mergeTyped(object, patch, schema) as KubeObject;
}

function applyPatch(object: KubeObject, value: Value): KubeObject {
  const operations = celLibrary().jsonOf(value) as readonly JsonPatchOperation[];
  try {
    return applyJsonPatch(object, operations) as KubeObject;
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    if (/test/.test(error.message)) return object;
    throw new MutationError(`JSONPath: ${error.message}`);
  }
}

class Mutator {
  readonly #deciding: Deciding;
  readonly #answers: Answers;
  object: KubeObject | undefined;

  constructor(deciding: Deciding, attributes: AdmissionAttributes) {
    this.#deciding = deciding;
    this.#answers = new Answers(deciding.authorizer(), attributes);
    this.object = attributes.object;
  }

  /** False: its conditions are not met. */
  async apply({ policy, matched, param }: Mutation, attributes: AdmissionAttributes): Promise<boolean> {
    const { conditions, composed, mutations } = preparedPolicy(policy);
    const namespaceObject = namespaceObjectOf(attributes, this.#deciding.stores);
    const subjectOf = (): Subject => ({
      attributes: { ...attributes, object: this.object },
      matched,
      namespaceObject,
      answers: this.#answers,
    });
    const met = await withAnswers(this.#answers, () => meetsConditions(conditions, subjectOf(), param));
    if (met.errors.length > 0)
      throw new MutationError(met.errors.length === 1 ? met.errors[0] : `[${met.errors.join(', ')}]`);
    if (!met.matches) return false;
    for (const mutation of mutations) {
      if (!this.object) break;
      const result = await withAnswers(this.#answers, () =>
        new Evaluation(subjectOf(), param, composed).evaluate(mutation),
      );
      if ('error' in result) throw new MutationError(result.error);
      this.object = this.#changed(this.object, matched, mutation.isJsonPatch, result.value);
    }
    return true;
  }

  #changed(object: KubeObject, matched: Mutation['matched'], isJsonPatch: boolean, value: Value): KubeObject {
    const { group, version, plural } = matched.resource;
    const served = this.#deciding.stores.served(group, version, plural);
    const shown = matched.show(object);
    const schema: Schema = schemaForKind(matched.resource) ?? { type: 'any' };
    const next = isJsonPatch ? applyPatch(shown, value) : applyConfiguration(shown, value, schema);
    if (next === shown) return object;
    const stored = served?.view ? served.view.toStored(next) : next;
    return served?.store.strategy.defaults?.(stored) ?? stored;
  }
}

function refuse(attributes: AdmissionAttributes, { policy, binding }: Mutation, why: string): never {
  const by = binding
    ? `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`
    : `policy ${JSON.stringify(policy.metadata.name)}`;
  throw refusal(attributes, `${by} denied request: ${why}`, 'Invalid', 422);
}

/** @fidelity full */
export function mutatingPolicies(deciding: Deciding): AdmissionPlugin {
  const { stores, load } = deciding;
  return {
    name: PLUGIN,
    async admit(attributes) {
      if (attributes.operation === 'DELETE' || isExempt(attributes.resource)) return attributes.object;
      const bindings = stores.of(mutatingAdmissionPolicyBindings).storage.list();
      if (bindings.length === 0) return attributes.object;
      await loadCel(load);
      const { walk } = attributes;
      walk.reinvocation ??= new Reinvocation();
      const { reinvocation } = walk;
      const memory = reinvocation.of(PLUGIN);
      if (reinvocation.isReinvoke && memory.lastOutput !== attributes.object) memory.require();
      const mutator = new Mutator(deciding, attributes);
      const bound = bindings.map(({ value }) => value);
      const refusals: (readonly [Mutation, string])[] = [];
      for (const invocation of invocations(stores, mutatingAdmissionPolicies, bound, attributes)) {
        const { policy, binding, param, misconfigured } = invocation;
        const key = `${policy.metadata.name}/${binding?.metadata.name}/${param?.metadata.namespace ?? ''}/${param?.metadata.name ?? ''}`;
        if (reinvocation.isReinvoke && !memory.again.has(key)) continue;
        const before = mutator.object;
        const failed = (why: string) => {
          if (policy.spec?.failurePolicy !== 'Ignore') refusals.push([invocation, why]);
        };
        if (misconfigured !== undefined) {
          failed(misconfigured);
          continue;
        }
        walk.enter('mutating', `${PLUGIN}/${policy.metadata.name}/${binding?.metadata.name}`);
        try {
          if (!(await mutator.apply(invocation, attributes))) continue;
        } catch (error) {
          if (!(error instanceof MutationError || error instanceof EvaluationStopped)) throw error;
          failed(error.message);
          continue;
        }
        walk.passIfChanged(before, mutator.object);
        if (before !== mutator.object) {
          memory.require();
          reinvocation.isWanted = true;
        }
        if (policy.spec?.reinvocationPolicy === 'IfNeeded') memory.invoked.add(key);
      }
      const [first] = refusals;
      if (first) refuse(attributes, ...first);
      memory.lastOutput = mutator.object;
      walk.enter('mutating', PLUGIN);
      return mutator.object;
    },
  };
}
