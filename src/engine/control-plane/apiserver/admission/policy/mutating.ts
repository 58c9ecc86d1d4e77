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
  DecodeError,
  decodeObject,
  failure,
  isJsonMap,
  JsonPatchError,
  type JsonPatchOperation,
  type KubeObject,
  mergeTyped,
  type Schema,
  statusErrors,
  typedFaults,
} from '#engine/apimachinery';
import type { Value } from '#engine/cel';
import { celLibrary, loadCel } from '../../cel-library.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { Reinvocation } from '../reinvocation.ts';
import { type Invocation, invocations, namespaceObjectOf } from './binding.ts';
import type { Declared } from './environment.ts';
import {
  Answers,
  aggregate,
  type Deciding,
  Evaluation,
  EvaluationStopped,
  meetsConditions,
  prepare,
  preparing,
  type Subject,
  withAnswers,
} from './evaluation.ts';
import { isExempt } from './match.ts';
import { refusedObject } from './refusal.ts';

type Mutation = Invocation<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>;

const PLUGIN = 'MutatingAdmissionPolicy';

const prepared = preparing((spec: NonNullable<MutatingAdmissionPolicy['spec']>, declared: Declared) => ({
  mutations: (spec.mutations ?? []).map(({ patchType, jsonPatch, applyConfiguration: configuration }) => {
    const isJsonPatch = patchType === 'JSONPatch';
    const expression = (isJsonPatch ? jsonPatch : configuration)?.expression ?? '';
    const wanted = isJsonPatch ? 'list(JSONPatch)' : 'Object';
    return { ...prepare(expression, { ...declared, hasPatchTypes: true }, wanted), isJsonPatch };
  }),
}));

/** The policy cannot do its work on this object. */
class MutationError extends Error {}

/** `Object.spec{}` must be the value of a field `spec`. */
function checkTypeNames(value: Value, expected: string): void {
  const { isMap, ListValue } = celLibrary();
  if (value instanceof ListValue) {
    for (const item of value) checkTypeNames(item, expected);
    return;
  }
  if (value === null || !isMap(value) || value.typeName === undefined) return;
  if (value.typeName !== expected)
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

/** What a patch makes must be an object of the kind to the letter; a request that is not ends there, whatever the policy says. */
function decoded(object: KubeObject, schema: Schema): KubeObject {
  if (schema.type !== 'struct') return object;
  try {
    const read = decodeObject(object, schema);
    if (read.strictErrors.length > 0)
      throw statusErrors.internal(`strict decoding error: ${read.strictErrors.join(', ')}`);
    return read.object as unknown as KubeObject;
  } catch (error) {
    if (error instanceof DecodeError) throw statusErrors.internal(error.message);
    throw error;
  }
}

function applyPatch(object: KubeObject, value: Value, schema: Schema): KubeObject {
  const { isMap, jsonOf, ListValue } = celLibrary();
  if (value instanceof ListValue)
    for (const operation of value) {
      const made = operation !== null && isMap(operation) ? operation.get('value') : undefined;
      if (made && isMap(made) && made.typeName !== undefined) checkTypeNames(made, made.typeName);
    }
  const operations = jsonOf(value) as readonly JsonPatchOperation[];
  try {
    return decoded(applyJsonPatch(object, operations) as KubeObject, schema);
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

  /** What went wrong, a mutation each: the others are made nevertheless. Undefined: the policy's conditions are not met. */
  async apply(
    { policy, matched, param }: Mutation,
    attributes: AdmissionAttributes,
  ): Promise<readonly string[] | undefined> {
    const { conditions, composed, mutations } = prepared(policy.spec);
    const namespaceObject = namespaceObjectOf(attributes, this.#deciding.stores);
    const subjectOf = (): Subject => ({
      attributes: { ...attributes, object: this.object },
      matched,
      namespaceObject,
      answers: this.#answers,
    });
    await matched.prepare?.([this.object, attributes.oldObject]);
    const met = await withAnswers(this.#answers, () => meetsConditions(conditions, subjectOf(), param));
    if (met.errors.length > 0) return [aggregate(met.errors)];
    if (!met.matches) return undefined;
    const failures: string[] = [];
    for (const mutation of mutations) {
      if (!this.object) break;
      await matched.prepare?.([this.object]);
      try {
        const result = await withAnswers(this.#answers, () =>
          new Evaluation(subjectOf(), param, composed).evaluate(mutation),
        );
        if ('error' in result) failures.push(result.error);
        else await this.#become(this.#changed(this.object, matched, mutation.isJsonPatch, result.value), matched);
      } catch (error) {
        if (!(error instanceof MutationError || error instanceof EvaluationStopped)) throw error;
        failures.push(error.message);
      }
    }
    return failures;
  }

  /** Takes what a mutation made, as the request has it. */
  async #become(next: KubeObject, { restore }: Mutation['matched']): Promise<void> {
    this.object = restore && next !== this.object ? await restore(next) : next;
  }

  #changed(object: KubeObject, matched: Mutation['matched'], isJsonPatch: boolean, value: Value): KubeObject {
    const { group, version, plural } = matched.resource;
    const served = this.#deciding.stores.served(group, version, plural);
    const shown = matched.show(object);
    const schema: Schema = schemaForKind(matched.resource) ?? { type: 'any' };
    const next = isJsonPatch ? applyPatch(shown, value, schema) : applyConfiguration(shown, value, schema);
    if (next === shown) return object;
    const stored = served?.view ? served.view.toStored(next) : next;
    return served?.store.strategy.defaults?.(stored) ?? stored;
  }
}

/** Why a request is refused: what a binding is set up wrongly with is Forbidden, what fails is Invalid. */
interface Refusal {
  readonly invocation: Mutation;
  readonly why: string;
  readonly reason: 'Forbidden' | 'Invalid';
}

/** The first refusal speaks, all are named. @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go */
function refuse(attributes: AdmissionAttributes, first: Refusal, refusals: readonly Refusal[]): never {
  const causes = refusals.map(({ invocation: { policy, binding }, why }) => {
    const by = binding
      ? `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`
      : `policy ${JSON.stringify(policy.metadata.name)}`;
    return { message: `${by} denied request: ${why}` };
  });
  throw failure(403, causes[0]?.message ?? '', first.reason, { ...refusedObject(attributes), causes });
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
      const refusals: Refusal[] = [];
      for (const invocation of invocations(stores, mutatingAdmissionPolicies, bound, attributes)) {
        const { policy, binding, param, misconfigured } = invocation;
        const key = `${policy.metadata.name}/${binding?.metadata.name}/${param?.metadata.namespace ?? ''}/${param?.metadata.name ?? ''}`;
        if (reinvocation.isReinvoke && !memory.again.has(key)) continue;
        const before = mutator.object;
        const failed = (why: string, reason: Refusal['reason']) => {
          if (policy.spec?.failurePolicy !== 'Ignore') refusals.push({ invocation, why, reason });
        };
        if (misconfigured !== undefined) {
          failed(misconfigured, 'Forbidden');
          continue;
        }
        walk.enter('mutating', `${PLUGIN}/${policy.metadata.name}/${binding?.metadata.name}`);
        const failures = await mutator.apply(invocation, attributes);
        if (!failures) continue;
        for (const why of failures) failed(why, 'Invalid');
        walk.passIfChanged(before, mutator.object);
        if (before !== mutator.object) {
          memory.require();
          reinvocation.isWanted = true;
        }
        if (policy.spec?.reinvocationPolicy === 'IfNeeded') memory.invoked.add(key);
      }
      const [first] = refusals;
      if (first) refuse(attributes, first, refusals);
      memory.lastOutput = mutator.object;
      walk.enter('mutating', PLUGIN);
      return mutator.object;
    },
  };
}
