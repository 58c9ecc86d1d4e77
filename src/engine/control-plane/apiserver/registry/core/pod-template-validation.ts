/**
 * Checks of Pod templates.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { PodTemplateSpec } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { checkLabels, type Errors } from '../validation.ts';
import { checkAnnotations } from './annotations.ts';
import { checkPodSpec } from './pod-validation.ts';
import { checkPodAnnotations, checkProfileAnnotations } from './pod-validation-annotations.ts';

const valid = new WeakMap<PodTemplateSpec, string>();

/** `path` is where the template is: `spec.template`. A template that was found valid is not looked at again. */
export function checkPodTemplateSpec(errors: Errors, path: string, template: PodTemplateSpec): void {
  if (valid.get(template) === path) return;
  const before = errors.length;
  const { metadata = {}, spec } = template;
  checkLabels(errors, `${path}.labels`, metadata.labels);
  checkAnnotations(errors, `${path}.annotations`, metadata.annotations);
  if (spec) {
    checkPodAnnotations(errors, `${path}.annotations`, metadata.annotations, spec);
    checkPodSpec(errors, `${path}.spec`, spec, { isPod: false });
    checkProfileAnnotations(errors, `${path}.spec`, metadata.annotations, spec);
    if ((spec.ephemeralContainers?.length ?? 0) > 0) {
      errors.push(
        fieldErrors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
      );
    }
  }
  if (errors.length === before) valid.set(template, path);
}

/** What only controllers that keep Pods running ask of their template. */
export function checkAlwaysRestarts(errors: Errors, path: string, { spec }: PodTemplateSpec, kind: string): void {
  if (spec?.restartPolicy !== 'Always') {
    errors.push(fieldErrors.notSupported(`${path}.spec.restartPolicy`, spec?.restartPolicy ?? '', ['Always']));
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    const why = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(fieldErrors.forbidden(`${path}.spec.activeDeadlineSeconds`, why));
  }
}
