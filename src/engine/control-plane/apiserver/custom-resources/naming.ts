/**
 * Which names a definition gets, and what its conditions say.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/controller/status/naming_controller.go, establish/establishing_controller.go
 */
import { semanticEqual } from '#engine/apimachinery';
import { approvalOf, isProtectedGroup } from './approval.ts';
import { bundleFault } from './conversion-validation.ts';
import { type Definition, isConditionTrue } from './schema-props.ts';

type Names = Definition['spec']['names'];
type Condition = NonNullable<Definition['status']['conditions']>[number];
type NewCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** The conditions with one set; its time moves only when its status does. */
export function withCondition(definition: Definition, condition: NewCondition, time: string): Definition {
  const conditions = definition.status.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  const lastTransitionTime = old && old.status === condition.status ? (old.lastTransitionTime ?? time) : time;
  const next = { ...condition, lastTransitionTime };
  const list = old ? conditions.map((one) => (one === old ? next : one)) : [...conditions, next];
  return { ...definition, status: { ...definition.status, conditions: list } };
}

const condition = (type: string, status: string, reason: string, message: string): NewCondition => ({
  type,
  status,
  reason,
  message,
});

interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenNames(group: string, all: readonly Definition[]): Taken {
  const accepted = all.filter(({ spec }) => spec.group === group).map(({ status }) => status.acceptedNames);
  return {
    resources: new Set(accepted.flatMap((one) => [one?.plural ?? '', one?.singular ?? '', ...(one?.shortNames ?? [])])),
    kinds: new Set(accepted.flatMap((one) => [one?.kind ?? '', one?.listKind ?? ''])),
  };
}

const NONE: Names = { plural: '', kind: '' };

/** The names that are accepted, and the conflict that is told, the last one found. */
function acceptNames(definition: Definition, all: readonly Definition[]): readonly [Names, NewCondition] {
  const { names, group } = definition.spec;
  const accepted = definition.status.acceptedNames ?? NONE;
  const taken = takenNames(group, all);
  let next: Names = accepted;
  let told: NewCondition | undefined;
  const tell = (reason: string, message: string) => {
    told = condition('NamesAccepted', 'False', reason, message);
  };
  const accept = (field: 'plural' | 'singular' | 'kind' | 'listKind', reason: string, used: ReadonlySet<string>) => {
    const wanted = names[field] ?? '';
    if (wanted !== (accepted[field] ?? '') && used.has(wanted))
      tell(reason, `${JSON.stringify(wanted)} is already in use`);
    else next = { ...next, [field]: wanted };
  };
  accept('plural', 'PluralConflict', taken.resources);
  accept('singular', 'SingularConflict', taken.resources);
  const wanted = names.shortNames ?? [];
  const own = new Set([...(accepted.shortNames ?? []), accepted.plural, accepted.singular]);
  const faults = wanted
    .filter((name) => !own.has(name) && taken.resources.has(name))
    .map((name) => `${JSON.stringify(name)} is already in use`);
  if (faults.length > 0)
    tell('ShortNamesConflict', faults.length === 1 ? (faults[0] as string) : `[${faults.join(', ')}]`);
  else next = withList(next, 'shortNames', names.shortNames);
  accept('kind', 'KindConflict', taken.kinds);
  accept('listKind', 'ListKindConflict', taken.kinds);
  next = withList(next, 'categories', names.categories);
  return [next, told ?? condition('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found')];
}

function withList(names: Names, field: 'shortNames' | 'categories', list: readonly string[] | undefined): Names {
  const { [field]: _, ...rest } = names;
  return list ? { ...rest, [field]: list } : rest;
}

/** The definition after the naming controller has looked at it; the same when it has nothing to say. */
function afterNaming(definition: Definition, all: readonly Definition[], time: string): Definition {
  const { spec, status } = definition;
  if (semanticEqual(spec.names, status.acceptedNames)) return definition;
  const [acceptedNames, named] = acceptNames(definition, all);
  const old = status.conditions?.find(({ type }) => type === 'NamesAccepted');
  const same = old?.status === named.status && old.reason === named.reason && old.message === named.message;
  if (same && semanticEqual(acceptedNames, status.acceptedNames)) return definition;
  const next = withCondition({ ...definition, status: { ...status, acceptedNames } }, named, time);
  const established = status.conditions?.find(({ type }) => type === 'Established');
  if (established?.status === 'True') return next;
  const pending =
    named.status === 'True'
      ? condition('Established', 'False', 'Installing', 'the initial names have been accepted')
      : condition('Established', 'False', 'NotAccepted', 'not all names are accepted');
  return named.status !== 'True' && established ? next : withCondition(next, pending, time);
}

const BUNDLE = 'InvalidCABundle';

/** @upstream controller/establish */
function afterEstablishing(definition: Definition, time: string): Definition {
  if (!isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established')) return definition;
  if (bundleFault(definition.spec.conversion) !== undefined) {
    const known = definition.status.conditions?.some(({ type, reason }) => type === 'Established' && reason === BUNDLE);
    const refused = condition('Established', 'False', BUNDLE, 'The conversion webhook CABundle is invalid');
    return known ? definition : withCondition(definition, refused, time);
  }
  const established = condition('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
  return withCondition(definition, established, time);
}

/** @upstream controller/apiapproval */
function afterApproval(definition: Definition, time: string): Definition {
  if (!isProtectedGroup(definition.spec.group)) return definition;
  const [state, message] = approvalOf(definition);
  const TYPE = 'KubernetesAPIApprovalPolicyConformant';
  const told = {
    missing: condition(TYPE, 'False', 'MissingAnnotation', message),
    approved: condition(TYPE, 'True', 'ApprovedAnnotation', message),
    bypassed: condition(TYPE, 'False', 'UnapprovedAnnotation', message),
    invalid: condition(TYPE, 'False', 'InvalidAnnotation', message),
  }[state];
  const old = definition.status.conditions?.find(({ type }) => type === TYPE);
  if (old?.status === told.status && old.reason === told.reason && old.message === told.message) return definition;
  return withCondition(definition, told, time);
}

/** The next thing the controllers of definitions write; undefined when everything is said. */
export function nextStatus(definition: Definition, all: readonly Definition[], time: string): Definition | undefined {
  const steps = [
    () => afterNaming(definition, all, time),
    () => afterEstablishing(definition, time),
    () => afterApproval(definition, time),
  ];
  for (const step of steps) {
    const next = step();
    if (next !== definition) return next;
  }
  return undefined;
}
