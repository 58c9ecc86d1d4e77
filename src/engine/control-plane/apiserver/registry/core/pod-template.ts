/**
 * PodTemplates: templates kept for themselves.
 * @upstream pkg/registry/core/podtemplate/strategy.go
 */

import { type PodTemplate, podTemplates } from '#engine/api';
import type { FieldError } from '#engine/apimachinery';
import { semanticEqual } from '#engine/apimachinery';
import { column, containerImages, containerNames, formatLabels, nameColumn } from '../columns.ts';
import { withMember } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { defaultPodTemplateSpec } from './pod-spec-defaults.ts';
import { checkPodTemplateSpec } from './pod-template-validation.ts';
import { podTemplateWarnings } from './pod-warnings.ts';

function validate({ template }: PodTemplate): readonly FieldError[] {
  const errors: Errors = [];
  checkPodTemplateSpec(errors, 'template', template ?? {});
  return errors;
}

/** @fidelity full */
export const podTemplateStrategy: Strategy<PodTemplate> = {
  resource: podTemplates,
  validateName: nameIsDnsSubdomain,
  defaults: (object) => withMember(object, 'template', defaultPodTemplateSpec(object.template)),
  validate,
  validateUpdate: validate,
  warnings: ({ template }) => podTemplateWarnings('template', template ?? {}),
  generation: (next, current) => !semanticEqual(next.template, current.template),
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Containers', 'string', 'Names of each container in the template.', (o) => containerNames(o.template?.spec)),
    column('Images', 'string', 'Images referenced by each container in the template.', (o) =>
      containerImages(o.template?.spec),
    ),
    column('Pod Labels', 'string', 'The labels for the pod template.', (o) =>
      formatLabels(o.template?.metadata?.labels),
    ),
  ],
};
