/**
 * HorizontalPodAutoscalers: how many Pods the load asks for.
 * @upstream pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go, pkg/apis/autoscaling/v2/defaults.go
 */
import { horizontalPodAutoscalers, type V2HorizontalPodAutoscaler } from '#engine/api';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { nameIsDnsSubdomain } from '../validation.ts';
import { defaultAutoscaler, NO_STATUS } from './hpa-defaults.ts';
import { formatTargets } from './hpa-targets.ts';
import { autoscalingV1 } from './hpa-v1.ts';
import { validateAutoscaler, validateAutoscalerStatus } from './hpa-validation.ts';

const status: SubresourceStrategy<V2HorizontalPodAutoscaler> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: validateAutoscalerStatus,
};

const docs = (field: string) => fieldDescription('V2HorizontalPodAutoscalerSpec', field);

/** @fidelity full */
export const horizontalPodAutoscalerStrategy: Strategy<V2HorizontalPodAutoscaler> = {
  resource: horizontalPodAutoscalers,
  shortNames: ['hpa'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults: defaultAutoscaler,
  prepareForCreate: (autoscaler) => withMember(autoscaler, 'status', NO_STATUS),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate: (autoscaler) => validateAutoscaler(autoscaler),
  validateUpdate: validateAutoscaler,
  status,
  allowUnconditionalUpdate: true,
  views: [autoscalingV1],
  columns: [
    nameColumn,
    column(
      'Reference',
      'string',
      docs('scaleTargetRef'),
      ({ spec: { scaleTargetRef } }) => `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
    ),
    column('Targets', 'string', docs('metrics'), (o) => formatTargets(o.spec.metrics, o.status.currentMetrics)),
    column('MinPods', 'string', docs('minReplicas'), (o) => String(o.spec.minReplicas ?? '<unset>')),
    column('MaxPods', 'string', docs('maxReplicas'), (o) => o.spec.maxReplicas),
    column(
      'Replicas',
      'string',
      fieldDescription('V2HorizontalPodAutoscalerStatus', 'currentReplicas'),
      (o) => o.status.currentReplicas ?? 0,
    ),
    ageColumn,
  ],
};
