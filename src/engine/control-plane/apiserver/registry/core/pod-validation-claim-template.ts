/**
 * Checks of the claim that an ephemeral volume makes for its Pod.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Volume } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkClaimTemplate } from './persistent-volume-claim-validation.ts';
import type { PodSpecContext } from './pod-validation-options.ts';

/** The template, and that the claim's name will be one. */
export function checkEphemeral(errors: Errors, at: string, volume: Volume, { podName }: PodSpecContext): void {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const path = `${at}.volumeClaimTemplate`;
  if (!template) errors.push(fieldErrors.required(path));
  else checkClaimTemplate(errors, path, template);
  if (!podName || !volume.name) return;
  const claim = `${podName}-${volume.name}`;
  for (const fault of nameIsDnsSubdomain(claim)) {
    const name = `${at.slice(0, at.lastIndexOf('.'))}.name`;
    errors.push(fieldErrors.invalid(name, volume.name, `PVC name ${JSON.stringify(claim)}: ${fault}`));
  }
}
