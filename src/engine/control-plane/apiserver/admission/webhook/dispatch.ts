/**
 * MutatingAdmissionWebhook and ValidatingAdmissionWebhook.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go, validating/dispatcher.go, generic/webhook.go
 */
import {
  type MutatingWebhook,
  mutatingWebhookConfigurations,
  type ValidatingWebhook,
  validatingWebhookConfigurations,
} from '#engine/api';
import { applyJsonPatch, DecodeError, JsonPatchError, type KubeObject, statusErrors } from '#engine/apimachinery';
import { type Rng, randomUuid } from '#engine/sim';
import type { LoadAsset } from '../../assets.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { loadCel } from '../../cel-library.ts';
import { goCodec } from '../../endpoints/codec.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import {
  Answers,
  type Condition,
  meetsConditions,
  prepareConditions,
  type Subject,
  withAnswers,
} from '../policy/evaluation.ts';
import { isExempt, matchesSelectors, matchRules, namespaceOf } from '../policy/match.ts';
import { Reinvocation } from '../reinvocation.ts';
import { callWebhook, WebhookCallError, WebhookClientError, type WebhookSurroundings } from './client.ts';
import { admissionReview, denial, gvkOf, readReview, type Verdict } from './review.ts';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

interface Surroundings extends WebhookSurroundings {
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset;
}

interface Configured {
  readonly configuration: string;
  readonly hook: Webhook;
}

const DEFAULT_TIMEOUT = 10;
/** Programs by the webhook's conditions. */
const prepared = new WeakMap<object, readonly Condition[]>();

function conditionsOf({ matchConditions }: Webhook): readonly Condition[] {
  if (!matchConditions) return [];
  const known = prepared.get(matchConditions) ?? prepareConditions(matchConditions);
  prepared.set(matchConditions, known);
  return known;
}

/** The subject of a call when the webhook is about the request. Throws what conditions that cannot be evaluated mean. */
async function subjectFor(
  { stores, authorizer, load }: Surroundings,
  { hook }: Configured,
  attributes: AdmissionAttributes,
): Promise<Subject | undefined> {
  const matched = matchRules(hook.rules ?? [], hook.matchPolicy, attributes, stores);
  if (!matched || !matchesSelectors(hook, attributes, stores)) return undefined;
  await matched.prepare?.([attributes.object, attributes.oldObject]);
  const answers = new Answers(authorizer(), attributes);
  const subject = { attributes, matched, namespaceObject: undefined, answers };
  if (!hook.matchConditions?.length) return subject;
  await loadCel(load);
  const { namespace, resource, name } = attributes;
  const isNamespace = resource.group === '' && resource.plural === 'namespaces';
  const full = { ...subject, namespaceObject: namespace && !isNamespace ? namespaceOf(namespace, stores) : undefined };
  const { matches, errors } = await withAnswers(answers, () => meetsConditions(conditionsOf(hook), full, undefined));
  if (errors.length > 0) {
    if (hook.failurePolicy === 'Ignore') return undefined;
    const why = errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`;
    throw statusErrors.forbidden({ group: resource.group, resource: resource.plural }, name, why);
  }
  return matches ? full : undefined;
}

function inAdmission(error: unknown): never {
  if (error instanceof WebhookClientError) throw new WebhookCallError(`could not get REST client: ${error.message}`);
  if (error instanceof WebhookCallError) throw new WebhookCallError(`failed to call webhook: ${error.message}`);
  throw error;
}

/** One call. undefined: it failed, and failing is all right. Throws its refusal. */
async function ask(
  surroundings: Surroundings,
  { hook }: Configured,
  subject: Subject,
  uid: string,
  /** `mutating` or not, and how audit names this call: `round_0_index_2`. */
  { mutating, place }: { readonly mutating: boolean; readonly place: string },
): Promise<Verdict | undefined> {
  const { attributes } = subject;
  const version = hook.admissionReviewVersions.find((one) => one === 'v1' || one === 'v1beta1') ?? 'v1';
  let verdict: Verdict;
  try {
    const review = admissionReview(subject, uid, version);
    const seconds = hook.timeoutSeconds ?? DEFAULT_TIMEOUT;
    const answer = await callWebhook(surroundings, hook.clientConfig, review, seconds).catch(inAdmission);
    verdict = readReview(answer, uid, version, mutating);
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    const why = `failed calling webhook ${JSON.stringify(hook.name)}: ${error.message}`;
    if (hook.failurePolicy !== 'Ignore') throw statusErrors.internal(why);
    const kind = mutating ? 'mutation' : 'validating';
    attributes.walk.annotate(`failed-open.${kind}.webhook.admission.k8s.io/${place}`, hook.name);
    return undefined;
  }
  for (const warning of verdict.warnings) attributes.warn(warning);
  for (const [key, value] of Object.entries(verdict.annotations))
    attributes.walk.annotate(`${hook.name}/${key}`, value);
  if (!verdict.allowed) throw denial(hook.name, verdict.status);
  return verdict;
}

const hooksOf = (
  list: readonly { readonly value: KubeObject & { readonly webhooks?: readonly Webhook[] } }[],
): readonly Configured[] =>
  list.flatMap(({ value }) => (value.webhooks ?? []).map((hook) => ({ configuration: value.metadata.name, hook })));

/** The object with the webhook's patch and the defaults of what that brought. Throws 500. */
async function patched(
  object: KubeObject,
  verdict: Verdict,
  { matched, attributes }: Subject,
  { stores }: Surroundings,
): Promise<KubeObject> {
  const { group, version, plural } = matched.resource;
  const served = stores.served(group, version, plural);
  try {
    const next = applyJsonPatch(matched.show(object), verdict.patch ?? []) as KubeObject;
    if (served?.custom && next.kind === served.resource.kind) {
      const { resource } = attributes;
      const restored = (await matched.restore?.(next)) ?? next;
      const own = stores.served(resource.group, resource.version, resource.plural);
      return own?.codec?.applied(restored, 'Ignore').object ?? restored;
    }
    const typed = goCodec(gvkOf(next)).applied(next, 'Ignore').object;
    if (next.kind !== served?.resource.kind) return typed;
    const stored = served.view ? served.view.toStored(typed) : typed;
    return served.store.strategy.defaults?.(stored) ?? stored;
  } catch (error) {
    if (error instanceof JsonPatchError || error instanceof DecodeError) throw statusErrors.internal(error.message);
    throw error;
  }
}

const AUDITED = 'webhook.admission.k8s.io';
const MUTATING = 'MutatingAdmissionWebhook';
const VALIDATING = 'ValidatingAdmissionWebhook';

/** @fidelity partial: a webhook's certificates are verified, nothing is encrypted */
export function mutatingWebhooks(surroundings: Surroundings): AdmissionPlugin {
  const { stores, world } = surroundings;
  const uids: Rng = world.rng.fork('apiserver/mutating-webhooks');
  return {
    name: MUTATING,
    async admit(attributes) {
      const { walk, resource } = attributes;
      const list = stores.of(mutatingWebhookConfigurations).storage.list();
      if (list.length === 0 || isExempt(resource)) return attributes.object;
      walk.reinvocation ??= new Reinvocation();
      const { reinvocation } = walk;
      const memory = reinvocation.of(MUTATING);
      let { object } = attributes;
      if (reinvocation.isReinvoke && memory.lastOutput !== object) memory.require();
      for (const [index, configured] of hooksOf(list).entries()) {
        const { configuration, hook } = configured;
        const place = `round_${reinvocation.isReinvoke ? 1 : 0}_index_${index}`;
        const key = `${configuration}/${hook.name}`;
        const subject = await subjectFor(surroundings, configured, { ...attributes, object });
        if (!subject || (reinvocation.isReinvoke && !memory.again.has(key))) continue;
        walk.enter('mutating', `${MUTATING}/${key}`);
        const verdict = await ask(surroundings, configured, subject, randomUuid(uids), { mutating: true, place });
        const said = { configuration, webhook: hook.name };
        const mutated = (verdict?.patch?.length ?? 0) > 0;
        if (verdict) walk.annotate(`mutation.${AUDITED}/${place}`, JSON.stringify({ ...said, mutated }));
        if (verdict?.patch && mutated && object) {
          const { patch } = verdict;
          walk.annotate(`patch.${AUDITED}/${place}`, JSON.stringify({ ...said, patch, patchType: 'JSONPatch' }));
          const next = await patched(object, verdict, subject, surroundings);
          walk.passIfChanged(object, next);
          object = next;
          memory.require();
          reinvocation.isWanted = true;
        }
        if (hook.reinvocationPolicy === 'IfNeeded') memory.invoked.add(key);
      }
      memory.lastOutput = object;
      walk.enter('mutating', MUTATING);
      return object;
    },
  };
}

/** @fidelity partial: a webhook's certificates are verified, nothing is encrypted */
export function validatingWebhooks(surroundings: Surroundings): AdmissionPlugin {
  const { stores, world } = surroundings;
  const uids: Rng = world.rng.fork('apiserver/validating-webhooks');
  return {
    name: VALIDATING,
    async validate(attributes) {
      const { walk, resource } = attributes;
      const list = stores.of(validatingWebhookConfigurations).storage.list();
      if (list.length === 0 || isExempt(resource)) return;
      const relevant: (readonly [Configured, Subject])[] = [];
      for (const configured of hooksOf(list)) {
        const subject = await subjectFor(surroundings, configured, attributes);
        if (subject) relevant.push([configured, subject]);
      }
      const refusals: { readonly stage: string; readonly error: unknown }[] = [];
      const stageOf = ({ configuration, hook }: Configured) => `${VALIDATING}/${configuration}/${hook.name}`;
      // All are asked at once; who answers first speaks first.
      const asked = relevant.map(async ([configured, subject], index) => {
        const place = `round_0_index_${index}`;
        if (index === 0) walk.enter('validating', stageOf(configured));
        try {
          await ask(surroundings, configured, subject, randomUuid(uids), { mutating: false, place });
        } catch (error) {
          refusals.push({ stage: stageOf(configured), error });
        }
      });
      await Promise.all(asked);
      for (const [index, [configured]] of relevant.entries()) {
        const stage = stageOf(configured);
        if (index > 0) walk.enter('validating', stage);
        if (!refusals.some((one) => one.stage === stage)) walk.pass();
      }
      const [first] = refusals;
      if (!first) return;
      walk.enter('validating', first.stage);
      throw first.error;
    },
  };
}
