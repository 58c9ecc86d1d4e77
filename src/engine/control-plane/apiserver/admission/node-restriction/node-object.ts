/** What a kubelet may say of its Node. @upstream plugin/pkg/admission/noderestriction/admission.go */
import type { Node } from '#engine/api';
import { compareText, semanticEqual } from '#engine/apimachinery';
import type { AdmissionAttributes } from '../admission.ts';
import { quoted, refuse } from './refusal.ts';

const RESTRICTED = 'node-restriction.kubernetes.io';
/** Labels of Kubernetes' own that kubelets set. @upstream staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go */
const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const KUBELET_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const OWN_DOMAINS = ['kubernetes.io', 'k8s.io'];

/** Throws unless it is the Node's own object, without what would steer work to it. */
export function checkNode(node: string, attributes: AdmissionAttributes): void {
  const { operation, name, object, oldObject } = attributes;
  const me = `node ${quoted(node)}`;
  if (name !== node) refuse(attributes, `${me} is not allowed to modify node ${quoted(name)}`);
  if (operation === 'DELETE') return;
  const next = object as Node;
  const source = next.spec?.configSource;
  if (operation === 'CREATE') {
    if (source) refuse(attributes, `${me} is not allowed to create pods with a non-nil configSource`);
    const labels = forbiddenLabels(next, undefined);
    if (labels) refuse(attributes, `${me} is not allowed to set the following labels: ${labels}`);
    return;
  }
  const before = oldObject as Node;
  if (source && !semanticEqual(source, before.spec?.configSource)) {
    refuse(attributes, `${me} is not allowed to update configSource to a new non-nil configSource`);
  }
  if (!semanticEqual(next.spec?.taints ?? [], before.spec?.taints ?? [])) {
    refuse(attributes, `${me} is not allowed to modify taints`);
  }
  if (!semanticEqual(next.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? [])) {
    refuse(attributes, `${me} is not allowed to modify ownerReferences`);
  }
  const labels = forbiddenLabels(next, before);
  if (labels) refuse(attributes, `is not allowed to modify labels: ${labels}`);
}

/** Changed labels that are not the kubelet's, in order; empty when there are none. */
function forbiddenLabels({ metadata }: Node, before: Node | undefined): string {
  const now = metadata.labels ?? {};
  const then = before?.metadata.labels ?? {};
  if (now === then) return '';
  return [...new Set([...Object.keys(now), ...Object.keys(then)])]
    .filter((key) => now[key] !== then[key] && isForbidden(key))
    .sort(compareText)
    .join(', ');
}

const isWithin = (domain: string, of: string) => domain === of || domain.endsWith(`.${of}`);

function isForbidden(label: string): boolean {
  const slash = label.indexOf('/');
  const domain = slash < 0 ? '' : label.slice(0, slash);
  if (isWithin(domain, RESTRICTED)) return true;
  if (!OWN_DOMAINS.some((own) => isWithin(domain, own))) return false;
  return !KUBELET_LABELS.has(label) && !KUBELET_DOMAINS.some((own) => isWithin(domain, own));
}
