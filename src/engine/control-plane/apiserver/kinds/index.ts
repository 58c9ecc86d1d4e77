/**
 * Kinds that most clusters have few objects of, and the admission that goes with them. In a chunk of its own, which a server has once a request
 * concerns one of them.
 */
export {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
} from '../admission/certificates.ts';
export { mutatingPolicies } from '../admission/policy/mutating.ts';
export { validatingPolicies } from '../admission/policy/validating.ts';
export { mutatingWebhooks, validatingWebhooks } from '../admission/webhook/dispatch.ts';
export { laterStrategies } from './strategies.ts';
