/**
 * StatefulSets.
 * @upstream pkg/registry/apps/statefulset/strategy.go, pkg/apis/apps/v1/defaults.go, pkg/apis/apps/v1/conversion.go
 */
import {
  type PersistentVolumeClaim,
  type StatefulSet,
  type StatefulSetSpec,
  type StatefulSetStatus,
  type StatefulSetUpdateStrategy,
  statefulSets,
} from '#engine/api';
import { fieldErrors, formatLabelSelector, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn, templateColumns } from '../columns.ts';
import { defaultClaim } from '../core/claim-defaults.ts';
import { defaultPodTemplateSpec } from '../core/pod-spec-defaults.ts';
import { claimSpecWarnings, podTemplateWarnings } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeItems, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';
import type { ScaleStrategy, Strategy, SubresourceStrategy } from '../strategy.ts';
import { type Errors, nameIsDnsLabel } from '../validation.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from './stateful-set-validation.ts';
import { checkStatusCounts } from './status-counts.ts';

function defaultUpdateStrategy(strategy: StatefulSetUpdateStrategy | undefined): StatefulSetUpdateStrategy {
  const next = withDefaults(strategy ?? {}, { type: 'RollingUpdate' });
  if (next.type !== 'RollingUpdate') return next;
  return withMember(next, 'rollingUpdate', withPointerDefaults(next.rollingUpdate ?? {}, { partition: 0 }));
}

/** Claims inside a StatefulSet carry their kind, unlike other embedded objects. */
const defaultClaimTemplate = (claim: PersistentVolumeClaim): PersistentVolumeClaim => {
  const next = withMember(withMember(claim, 'kind', 'PersistentVolumeClaim'), 'apiVersion', 'v1');
  return defaultClaim(next);
};

const NO_STATUS: StatefulSetStatus = Object.freeze({ replicas: 0, availableReplicas: 0 });

function defaults(statefulSet: StatefulSet): StatefulSet {
  const before: StatefulSetSpec = statefulSet.spec ?? ({} as StatefulSetSpec);
  let spec = withPointerDefaults(before, { replicas: 1, revisionHistoryLimit: 10 });
  spec = withDefaults(spec, { podManagementPolicy: 'OrderedReady' });
  spec = withMember(spec, 'updateStrategy', defaultUpdateStrategy(spec.updateStrategy));
  const retention = spec.persistentVolumeClaimRetentionPolicy ?? {};
  spec = withMember(
    spec,
    'persistentVolumeClaimRetentionPolicy',
    withDefaults(retention, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
  );
  spec = changeItems(spec, 'volumeClaimTemplates', defaultClaimTemplate);
  spec = withMember(spec, 'template', defaultPodTemplateSpec(spec.template));
  spec = withPointerDefaults(spec, { serviceName: '' });
  const status = withPointerDefaults(statefulSet.status ?? NO_STATUS, NO_STATUS);
  return withMember(withMember(statefulSet, 'spec', spec), 'status', status);
}

/** The feature gate MaxUnavailableStatefulSet is off: the field is kept only where it already was. */
function dropMaxUnavailable(next: StatefulSet, current?: StatefulSet): StatefulSet {
  const { updateStrategy } = next.spec;
  if (updateStrategy?.rollingUpdate?.maxUnavailable === undefined) return next;
  if (current?.spec.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return next;
  const rollingUpdate = withMember(updateStrategy.rollingUpdate, 'maxUnavailable', undefined);
  return { ...next, spec: { ...next.spec, updateStrategy: { ...updateStrategy, rollingUpdate } } };
}

function warnings(next: StatefulSet, current?: StatefulSet): readonly string[] {
  const { template, volumeClaimTemplates = [], revisionHistoryLimit = 0 } = next.spec;
  const out =
    current && semanticEqual(next.spec, current.spec) ? [] : [...podTemplateWarnings('spec.template', template)];
  for (const [i, { spec }] of volumeClaimTemplates.entries()) {
    // Upstream's two paths, as they are.
    claimSpecWarnings(out, spec, `spec.volumeClaimTemplates[${i}]${current ? '.Spec' : ''}`);
  }
  if (revisionHistoryLimit < 0) {
    out.push(
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    );
  }
  return out;
}

const COUNTS = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
];

const status: SubresourceStrategy<StatefulSet> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: ({ status: after }, { status: before }) => {
    const errors: Errors = [];
    checkStatusCounts(errors, after, COUNTS, {
      atMostReplicas: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
      atMostReady: [],
    });
    const { availableReplicas = 0, readyReplicas = 0, collisionCount = 0 } = after;
    if (availableReplicas > readyReplicas) {
      const why = 'cannot be greater than status.readyReplicas';
      errors.push(fieldErrors.invalid('status.availableReplicas', availableReplicas, why));
    }
    if (collisionCount < (before.collisionCount ?? 0)) {
      errors.push(fieldErrors.invalid('status.collisionCount', collisionCount, 'cannot be decremented'));
    }
    return errors;
  },
};

const scale: ScaleStrategy<StatefulSet> = {
  get: ({ spec, status: { replicas = 0 } }) => ({
    specReplicas: spec.replicas ?? 0,
    statusReplicas: replicas,
    selector: formatLabelSelector(spec.selector),
  }),
  set: (statefulSet, replicas) => ({ ...statefulSet, spec: withMember(statefulSet.spec, 'replicas', replicas) }),
};

/** @fidelity full */
export const statefulSetStrategy: Strategy<StatefulSet> = {
  resource: statefulSets,
  shortNames: ['sts'],
  categories: ['all'],
  validateName: nameIsDnsLabel,
  defaults,
  prepareForCreate: (statefulSet) => dropMaxUnavailable(withMember(statefulSet, 'status', NO_STATUS)),
  prepareForUpdate: (next, current) => dropMaxUnavailable(withMember(next, 'status', current.status), current),
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  scale,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column(
      'Ready',
      'string',
      'Number of the pod with ready state',
      (o) => `${o.status.readyReplicas ?? 0}/${o.spec.replicas ?? 0}`,
    ),
    ageColumn,
    ...templateColumns<StatefulSet>(
      (o) => o.spec.template.spec,
      (o) => formatLabelSelector(o.spec.selector),
      fieldDescription('StatefulSetSpec', 'selector'),
    ).slice(0, 2),
  ],
};
