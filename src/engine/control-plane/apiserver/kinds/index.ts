/**
 * Kinds that most clusters have few objects of, the admission that goes with them, and what a server makes when it starts. In a chunk of its own,
 * which comes beside the rest.
 */
export {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  kubeletCertificates,
} from '../admission/certificates.ts';
export { mutatingPolicies } from '../admission/policy/mutating.ts';
export { validatingPolicies } from '../admission/policy/validating.ts';
export { mutatingWebhooks, validatingWebhooks } from '../admission/webhook/dispatch.ts';
export { bootstrap } from '../bootstrap/bootstrap.ts';
export { fairnessPage } from '../flow-control/dumps.ts';
export { createFairness } from '../flow-control/fairness.ts';
export { startFlowControlUpkeep } from '../flow-control/upkeep.ts';
export { laterStrategies } from './strategies.ts';
