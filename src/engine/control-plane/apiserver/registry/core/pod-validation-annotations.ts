/**
 * Checks of annotations that once were fields of Pods.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { AppArmorProfile, PodSpec, SeccompProfile, Toleration } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import type { Errors } from '../validation.ts';
import { goJsonError } from './json-syntax.ts';
import { checkLocalPath } from './paths.ts';
import { containersWithPath } from './pod-validation-options.ts';
import { checkTolerations } from './taints-and-tolerations.ts';

type Annotations = { readonly [key: string]: string } | undefined;

export const MIRROR = 'kubernetes.io/config.mirror';
export const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
export const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP_CONTAINER_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';
const LOCALHOST = 'localhost/';

function checkSeccompProfile(errors: Errors, at: string, profile: string): void {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return;
  if (profile.startsWith(LOCALHOST)) checkLocalPath(errors, at, profile.slice(LOCALHOST.length));
  else errors.push(fieldErrors.invalid(at, profile, 'must be a valid seccomp profile'));
}

const INT32 = /^(0|-?[1-9]\d*)$/;
const isInt32 = (text: string) =>
  INT32.test(text) && Math.abs(Number(text)) <= 2_147_483_648 && Number(text) < 2_147_483_648;

function checkAppArmor(errors: Errors, path: string, key: string, profile: string, spec: PodSpec): void {
  const at = `${path}[${key}]`;
  const container = key.slice(APP_ARMOR_PREFIX.length);
  if (![...containersWithPath(spec, '')].some(([{ name }]) => name === container)) {
    errors.push(fieldErrors.invalid(at, container, 'container not found'));
  }
  if (profile !== '' && profile !== 'runtime/default' && profile !== 'unconfined' && !profile.startsWith(LOCALHOST)) {
    errors.push(fieldErrors.invalid(at, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
  }
}

function isDeletionCost(annotations: Annotations): boolean {
  const cost = annotations?.[DELETION_COST];
  return cost === undefined || isInt32(cost);
}

function checkTolerationsAnnotation(errors: Errors, path: string, text: string): void {
  const fault = goJsonError(text, 'array');
  if (fault) errors.push(fieldErrors.invalid(path, TOLERATIONS, fault));
  else checkTolerations(errors, `${path}.${TOLERATIONS}`, (JSON.parse(text) ?? []) as readonly Toleration[]);
}

/** `current` are the annotations before an update: what was wrong already may stay so. */
export function checkPodAnnotations(
  errors: Errors,
  path: string,
  annotations: Annotations,
  spec: PodSpec,
  current?: Annotations,
): void {
  if (!annotations) return;
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && !spec.nodeName) {
    errors.push(
      fieldErrors.invalid(`${path}[${MIRROR}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'),
    );
  }
  const tolerations = annotations[TOLERATIONS];
  if (tolerations) checkTolerationsAnnotation(errors, path, tolerations);
  if (!isDeletionCost(annotations) && isDeletionCost(current)) {
    const why = 'must be a 32bit integer';
    errors.push(fieldErrors.invalid(`${path}[${DELETION_COST}]`, annotations[DELETION_COST], why));
  }
  const seccomp = annotations[SECCOMP_POD];
  if (seccomp !== undefined) checkSeccompProfile(errors, `${path}.${SECCOMP_POD}`, seccomp);
  for (const key in annotations) {
    if (key.startsWith(SECCOMP_CONTAINER_PREFIX))
      checkSeccompProfile(errors, `${path}.${key}`, annotations[key] as string);
  }
  for (const key in annotations) {
    if (key.startsWith(APP_ARMOR_PREFIX)) checkAppArmor(errors, path, key, annotations[key] as string, spec);
  }
}

/** The annotation that says the same as a field, or the fault. */
function checkMatch(
  errors: Errors,
  at: string,
  what: 'seccomp' | 'apparmor',
  annotation: string,
  { type, localhostProfile }: SeccompProfile | AppArmorProfile,
): void {
  const typeFault = () =>
    errors.push(fieldErrors.forbidden(`${at}.type`, `${what} type in annotation and field must match`));
  if (type === 'Unconfined') {
    if (annotation !== 'unconfined') typeFault();
  } else if (type === 'RuntimeDefault') {
    if (annotation !== 'runtime/default' && !(what === 'seccomp' && annotation === 'docker/default')) typeFault();
  } else if (type === 'Localhost') {
    if (!annotation.startsWith(LOCALHOST)) typeFault();
    else if (annotation.slice(LOCALHOST.length) !== localhostProfile) {
      errors.push(
        fieldErrors.forbidden(`${at}.localhostProfile`, `${what} profile in annotation and field must match`),
      );
    }
  }
}

/** Where both an old annotation and its field are given, they must agree. */
export function checkProfileAnnotations(errors: Errors, path: string, annotations: Annotations, spec: PodSpec): void {
  if (!annotations) return;
  const ofPod = spec.securityContext?.seccompProfile;
  const podAnnotation = annotations[SECCOMP_POD];
  if (ofPod && podAnnotation !== undefined) {
    checkMatch(errors, `${path}.securityContext.seccompProfile`, 'seccomp', podAnnotation, ofPod);
  }
  for (const [{ name, securityContext }, at] of containersWithPath(spec, path)) {
    const annotation = annotations[`${SECCOMP_CONTAINER_PREFIX}${name}`];
    const profile = securityContext?.seccompProfile;
    if (profile && annotation !== undefined)
      checkMatch(errors, `${at}.securityContext.seccompProfile`, 'seccomp', annotation, profile);
  }
  if (spec.os?.name === 'windows') return;
  for (const [{ name, securityContext }, at] of containersWithPath(spec, path)) {
    const annotation = annotations[`${APP_ARMOR_PREFIX}${name}`];
    const profile = securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    if (profile && annotation !== undefined)
      checkMatch(errors, `${at}.securityContext.appArmorProfile`, 'apparmor', annotation, profile);
  }
}
