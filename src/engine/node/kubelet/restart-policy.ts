/** Whether a container runs again after it ended. @upstream pkg/kubelet/container/helpers.go */
import type { Container, Pod } from '#engine/api';
import { latestContainer, type RuntimePod } from './types.ts';

/** @fidelity partial: no restartPolicyRules */
export function shouldBeRestarted(pod: Pod, container: Container, runtime: RuntimePod): boolean {
  const status = latestContainer(runtime, container.name);
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (!status) return true;
  if (status.state === 'running') return false;
  if (status.state === 'created') return true;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy;
  if (policy === 'Never') return false;
  if (policy === 'OnFailure') return status.exitCode !== 0;
  return true;
}
