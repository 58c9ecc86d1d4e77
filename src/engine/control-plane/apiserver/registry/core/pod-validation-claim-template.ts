/**
 * Checks of the claim that an ephemeral volume makes for its Pod.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { PersistentVolumeClaimSpec, Volume } from '#engine/api';
import { canonicalQuantity, compareQuantity, fieldErrors } from '#engine/apimachinery';
import { checkFormat, checkLabelSelector, checkLabels, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkAnnotations } from './annotations.ts';
import type { PodSpecContext } from './pod-validation-options.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function checkAccessModes(errors: Errors, at: string, modes: readonly string[]): void {
  if (modes.length === 0) errors.push(fieldErrors.required(at, 'at least 1 access mode is required'));
}

function checkModes(errors: Errors, at: string, modes: readonly string[]): void {
  for (const mode of modes)
    if (!ACCESS_MODES.includes(mode)) errors.push(fieldErrors.notSupported(at, mode, ACCESS_MODES));
  if (
    modes.includes('ReadWriteOncePod') &&
    modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))
  ) {
    errors.push(fieldErrors.forbidden(at, 'may not use ReadWriteOncePod with other access modes'));
  }
}

/** The spec of a claim that does not exist yet. */
export function checkClaimSpec(errors: Errors, at: string, spec: PersistentVolumeClaimSpec): void {
  const modes = spec.accessModes ?? [];
  checkAccessModes(errors, `${at}.accessModes`, modes);
  checkLabelSelector(errors, `${at}.selector`, spec.selector);
  checkModes(errors, `${at}.accessModes`, modes);
  const storage = spec.resources?.requests?.storage;
  const path = `${at}.resources[storage]`;
  if (storage === undefined) errors.push(fieldErrors.required(path));
  else if (compareQuantity(storage, '0') <= 0) {
    errors.push(fieldErrors.invalid(path, canonicalQuantity(storage), 'must be greater than zero'));
  }
  if (spec.storageClassName) checkFormat(errors, `${at}.storageClassName`, spec.storageClassName, nameIsDnsSubdomain);
  if (spec.volumeMode !== undefined && !['Block', 'Filesystem'].includes(spec.volumeMode)) {
    errors.push(fieldErrors.notSupported(`${at}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']));
  }
}

export function checkClaimTemplate(errors: Errors, at: string, volume: Volume, { podName }: PodSpecContext): void {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const path = `${at}.volumeClaimTemplate`;
  if (!template) errors.push(fieldErrors.required(path));
  else {
    checkAnnotations(errors, `${path}.metadata.annotations`, template.metadata?.annotations);
    checkLabels(errors, `${path}.metadata.labels`, template.metadata?.labels);
    checkClaimSpec(errors, `${path}.spec`, template.spec);
  }
  if (!podName || !volume.name) return;
  const claim = `${podName}-${volume.name}`;
  for (const fault of nameIsDnsSubdomain(claim)) {
    const name = `${at.slice(0, at.lastIndexOf('.'))}.name`;
    errors.push(fieldErrors.invalid(name, volume.name, `PVC name ${JSON.stringify(claim)}: ${fault}`));
  }
}
