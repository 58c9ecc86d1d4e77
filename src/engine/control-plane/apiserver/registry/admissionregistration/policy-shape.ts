/**
 * Strategies of policies and of what binds them: the same for validating and mutating ones, but for what a policy does.
 * @upstream pkg/registry/admissionregistration/validatingadmissionpolicy/strategy.go, mutatingadmissionpolicy/strategy.go
 */
import type { MatchResources, ParamKind, ParamRef } from '#engine/api';
import { type KubeObject, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { changeMember } from '../sharing.ts';
import type { Column, Strategy } from '../strategy.ts';
import { authorizeParamKind, authorizeParamRef } from './param-access.ts';
import { matchDefaults } from './rules.ts';

interface Policy extends KubeObject {
  readonly spec?: {
    readonly failurePolicy?: string;
    readonly paramKind?: ParamKind;
    readonly matchConstraints?: MatchResources;
  };
}

interface Binding extends KubeObject {
  readonly spec?: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
  };
}

const STATIC = '.static.k8s.io';

/** Names that are kept for what is configured by files. */
const staticWarning = ({ metadata }: KubeObject): readonly string[] =>
  metadata.name.endsWith(STATIC)
    ? [
        `metadata.name: names ending with "${STATIC}" are reserved for static manifest-based configurations and cannot be managed via the API`,
      ]
    : [];

type Validate<T> = (object: T) => ReturnType<Strategy['validate']>;
type Part<T extends KubeObject> = Pick<Strategy<T>, 'resource'> & { readonly validate: Validate<T> };

const common = <T extends Policy | Binding>({ resource, validate }: Part<T>) => ({
  resource,
  categories: ['api-extensions'],
  validate,
  validateUpdate: validate,
  warnings: staticWarning,
  generation: (next: T, current: T) => !semanticEqual(next.spec, current.spec),
});

type PolicySpec = NonNullable<Policy['spec']>;
type BindingSpec = NonNullable<Binding['spec']>;

/** A policy's strategy; `counted` is the column that says how much it does. */
export const policyStrategy = <T extends Policy>(part: Part<T> & { readonly counted: Column<T> }): Strategy<T> => ({
  ...common(part),
  defaults: (policy) =>
    changeMember(policy as Policy, 'spec', (spec: PolicySpec) => ({
      ...changeMember(spec, 'matchConstraints', matchDefaults),
      failurePolicy: spec.failurePolicy ?? 'Fail',
    })) as T,
  authorize: authorizeParamKind,
  columns: [
    nameColumn,
    part.counted,
    column(
      'ParamKind',
      'string',
      'ParamKind specifies the kind of resources used to parameterize this policy',
      (policy) => {
        const { paramKind } = policy.spec ?? {};
        return paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>';
      },
    ),
    ageColumn,
  ],
});

/** The strategy of what binds policies of the plural. */
export const bindingStrategy = <T extends Binding>(
  part: Part<T> & { readonly policies: Parameters<typeof authorizeParamRef>[0] },
): Strategy<T> => ({
  ...common(part),
  defaults: (binding) =>
    changeMember(binding as Binding, 'spec', (spec: BindingSpec) =>
      changeMember(spec, 'matchResources', matchDefaults),
    ) as T,
  authorize: authorizeParamRef(part.policies),
  columns: [
    nameColumn,
    column(
      'PolicyName',
      'string',
      'PolicyName indicates the policy definition which the policy binding binded to',
      ({ spec }) => spec?.policyName ?? '',
    ),
    column(
      'ParamRef',
      'string',
      'ParamRef indicates the param resource which sets the configuration param',
      ({ spec }) => {
        if (!spec?.paramRef) return '<unset>';
        const { namespace = '', name = '' } = spec.paramRef;
        return name === '' ? '*' : namespace === '' ? `*/${name}` : `${namespace}/${name}`;
      },
    ),
    ageColumn,
  ],
});
