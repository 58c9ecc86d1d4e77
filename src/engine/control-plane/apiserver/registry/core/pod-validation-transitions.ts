/**
 * A container that ended and does not start again stays ended.
 * @upstream pkg/apis/core/validation/validation.go, pkg/api/v1/pod/util.go
 */
import type { Container, ContainerStatus, Pod, PodSpec } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import type { Errors } from '../validation.ts';

/** Whether a rule of the container speaks of this way to end: its action. */
function matchingAction({ restartPolicyRules = [] }: Container, exitCode: number): string | undefined {
  const rule = restartPolicyRules.find(({ exitCodes }) => {
    const listed = exitCodes?.values?.includes(exitCode) ?? false;
    return exitCodes?.operator === 'In' ? listed : exitCodes?.operator === 'NotIn' && !listed;
  });
  return rule?.action;
}

function policyRestarts(policy: string | undefined, exitCode: number): boolean {
  if (policy === 'Never') return false;
  return policy === 'OnFailure' ? exitCode !== 0 : true;
}

function shouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  const { restartPolicy } = container;
  if (restartPolicy === undefined) return policyRestarts(spec.restartPolicy, exitCode);
  return matchingAction(container, exitCode) === 'Restart' || policyRestarts(restartPolicy, exitCode);
}

const restartsAll = ({ restartPolicyRules }: Container) =>
  restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers') ?? false;

function checkList(
  errors: Errors,
  path: string,
  next: readonly ContainerStatus[] = [],
  current: readonly ContainerStatus[] = [],
  mayRestart: (name: string, exitCode: number) => boolean,
): void {
  if (next === current) return;
  for (const [i, { name, state }] of current.entries()) {
    const ended = state?.terminated;
    if (!ended || !next.some((status) => status.name === name && !status.state?.terminated)) continue;
    if (mayRestart(name, ended.exitCode)) continue;
    errors.push(fieldErrors.forbidden(`${path}[${i}].state`, 'may not be transitioned to non-terminated state'));
  }
}

/** Compares the states of all containers with what they were. */
export function checkTransitions(errors: Errors, { status: next }: Pod, { spec, status: current }: Pod): void {
  const { containers = [], initContainers = [] } = spec;
  const mayRestart = (list: readonly Container[]) => (name: string, exitCode: number) => {
    const container = list.find((one) => one.name === name);
    return container !== undefined && shouldRestart(container, spec, exitCode);
  };
  if (!containers.some(restartsAll) && !initContainers.some(restartsAll)) {
    const regular = mayRestart(containers);
    checkList(errors, 'status.containerStatuses', next.containerStatuses, current.containerStatuses, regular);
    const init = mayRestart(initContainers);
    checkList(errors, 'status.initContainerStatuses', next.initContainerStatuses, current.initContainerStatuses, init);
  }
  const [path, never] = ['status.ephemeralContainerStatuses', () => false];
  checkList(errors, path, next.ephemeralContainerStatuses, current.ephemeralContainerStatuses, never);
}
