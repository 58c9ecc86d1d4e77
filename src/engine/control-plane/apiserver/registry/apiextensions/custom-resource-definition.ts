/**
 * CustomResourceDefinitions. What judges them is large and seldom needed: it comes when the first one is written.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go
 */
import { type CustomResourceDefinition, customResourceDefinitions } from '#engine/api';
import { type DeleteOptions, type FieldError, semanticEqual } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import { column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { type DeletionStep, decideDeletion } from '../generic/deletion.ts';
import { withMember } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';

type Definition = CustomResourceDefinition;
type Spec = Definition['spec'];
type Status = Definition['status'];

/** What judges definitions. */
export interface DefinitionJudge {
  validate(definition: Definition): readonly FieldError[];
  validateUpdate(next: Definition, current: Definition): readonly FieldError[];
  validateStatus(next: Definition): readonly FieldError[];
  warnings(next: Definition, current?: Definition): readonly string[];
}

/** Keeps the definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Go prints the list even when there is none. */
const FRESH = { conditions: null, acceptedNames: { plural: '', kind: '' } } as unknown as Status;

/** @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go */
function defaults(definition: Definition): Definition {
  const { names, conversion } = definition.spec;
  const kind = names?.kind ?? '';
  const singular = names?.singular || kind.toLowerCase();
  const listKind = names?.listKind || (kind && `${kind}List`);
  const named = {
    ...names,
    ...(singular && { singular }),
    ...(listKind && { listKind }),
  };
  const spec: Spec = { ...definition.spec, names: named, conversion: conversionOf(conversion) };
  return semanticEqual(spec, definition.spec) ? definition : { ...definition, spec };
}

function conversionOf(conversion: Spec['conversion']): NonNullable<Spec['conversion']> {
  if (!conversion) return { strategy: 'None' };
  const { webhook } = conversion;
  const service = webhook?.clientConfig?.service;
  if (!webhook || !service || service.port !== undefined) return conversion;
  const clientConfig = { ...webhook.clientConfig, service: { ...service, port: 443 } };
  return { ...conversion, webhook: { ...webhook, clientConfig } };
}

/** The status with the version that is stored from now on. */
function withStored(status: Status, { versions = [] }: Spec): Status {
  const storage = versions.find((one) => one.storage)?.name;
  const stored = status.storedVersions ?? [];
  if (storage === undefined || stored.includes(storage)) return status;
  return { ...status, storedVersions: [...stored, storage] };
}

/** @fidelity full */
export const definitionStrategy = (judge: () => DefinitionJudge): Strategy<Definition> => ({
  resource: customResourceDefinitions,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  validateName: () => [],
  defaults,
  prepareForCreate: (definition) => ({ ...definition, status: withStored(FRESH, definition.spec) }),
  prepareForUpdate: (next, current) => withMember(next, 'status', withStored(current.status, next.spec)),
  validate: (definition) => judge().validate(definition),
  validateUpdate: (next, current) => judge().validateUpdate(next, current),
  warnings: (next, current) => judge().warnings(next, current),
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status: {
    prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
    validateUpdate: (next) => judge().validateStatus(next),
  },
  columns: [
    nameColumn,
    column(
      'Created At',
      'date',
      fieldDescription('ObjectMeta', 'creationTimestamp'),
      (o) => o.metadata.creationTimestamp,
    ),
  ],
});

/**
 * A definition that is deleted stays, marked, until its objects are gone.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go Delete
 */
export function decideDefinitionDeletion(
  strategy: Strategy<Definition>,
  object: Definition,
  options: DeleteOptions,
  now: number,
): DeletionStep<Definition> {
  if (object.metadata.deletionTimestamp !== undefined) return decideDeletion(strategy, object, options, now);
  const { finalizers = [] } = object.metadata;
  const time = formatTime(now);
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: time,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  const others = (object.status.conditions ?? []).filter(({ type }) => type !== 'Terminating');
  return {
    kind: 'mark',
    object: {
      ...object,
      metadata: {
        ...object.metadata,
        deletionTimestamp: time,
        finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
      },
      status: { ...object.status, conditions: [...others, terminating] },
    },
  };
}
