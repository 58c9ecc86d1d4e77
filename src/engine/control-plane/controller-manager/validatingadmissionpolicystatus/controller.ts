/** Says in a policy's status which of its expressions do not fit. @upstream pkg/controller/validatingadmissionpolicystatus/controller.go */
import { validatingAdmissionPolicies } from '#engine/api';
import { startController, watch } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { typeCheck } from './type-checking.ts';

const NAME = 'validatingadmissionpolicy-status-controller';
const FIELD_MANAGER = 'validatingadmissionpolicy-status';

/** @fidelity partial: parameters and custom resources are not looked up */
export function startValidatingAdmissionPolicyStatusController(context: ControllerContext): void {
  const { world, informers, options, signal } = context;
  const client = context.clientFor(NAME);
  const { lister } = informers.informer(validatingAdmissionPolicies);
  const reconcile = async (name: string) => {
    const policy = lister.get(name);
    const { generation } = policy?.metadata ?? {};
    if (!policy || (generation ?? 0) <= (policy.status?.observedGeneration ?? 0)) return undefined;
    if (!options.cel) return undefined;
    const expressionWarnings = typeCheck(await options.cel(), policy);
    const wanted = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      status: {
        observedGeneration: generation,
        typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {},
      },
    };
    const target = { name, subresource: 'status' };
    await client.patch(validatingAdmissionPolicies, target, 'apply', wanted, {
      fieldManager: FIELD_MANAGER,
      force: true,
    });
    return undefined;
  };
  startController(
    world,
    informers,
    {
      name: FIELD_MANAGER,
      watches: [watch(validatingAdmissionPolicies, ({ metadata }) => [metadata.name])],
      reconcile,
    },
    signal,
  );
}
