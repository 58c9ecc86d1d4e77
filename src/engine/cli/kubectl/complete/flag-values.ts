/** What may stand behind a flag. */
import type { Session } from '../session.ts';
import { configNames, containersOf, namesOf, resourceTypes } from './live.ts';
import { FILES, MANIFEST_FILES, NO_FILES, NO_SPACE, NOTHING, type Offer, offer } from './offer.ts';

const DATA_OUTPUTS = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'yaml',
];
/** What `-o` takes, by command; the others take the formats for objects. */
const OUTPUTS: { readonly [command: string]: readonly string[] } = {
  get: [...DATA_OUTPUTS, 'custom-columns', 'custom-columns-file', 'wide'].sort(),
  'api-resources': ['json', 'kyaml', 'name', 'wide', 'yaml'],
  version: ['json', 'yaml'],
  explain: ['plaintext', 'plaintext-openapiv2'],
  'get-contexts': ['name'],
};
/** Flags whose values are known, by `command flag` or by the flag alone. */
const VALUES: { readonly [flag: string]: readonly string[] } = {
  'dry-run': ['none', 'client', 'server'],
  cascade: ['background', 'foreground', 'orphan'],
  validate: ['strict', 'warn', 'ignore', 'true', 'false'],
  restart: ['Always', 'OnFailure', 'Never'],
  'image-pull-policy': ['Always', 'IfNotPresent', 'Never'],
  'session-affinity': ['None', 'ClientIP'],
  protocol: ['TCP', 'UDP', 'SCTP'],
  'expose type': ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
  'patch type': ['json', 'merge', 'strategic'],
  'override-type': ['json', 'merge', 'strategic'],
  subresource: ['status', 'scale', 'resize'],
  'sort-by': ['.metadata.creationTimestamp', '.metadata.name'],
  'top sort-by': ['cpu', 'memory'],
  'preemption-policy': ['PreemptLowerPriority', 'Never'],
  types: ['Normal', 'Warning'],
  'field-selector': ['metadata.name=', 'metadata.namespace=', 'spec.nodeName=', 'status.phase='],
  for: ['condition=Ready', 'condition=Available', 'condition=Complete', 'create', 'delete', "jsonpath='{}'=value"],
  verb: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
};
/** Flags that name objects. */
const NAMES: { readonly [flag: string]: string } = {
  namespace: 'namespaces',
  clusterrole: 'clusterroles',
  role: 'roles',
  serviceaccount: 'serviceaccounts',
  'events for': 'pods',
};
const CONFIG = { context: 'contexts', cluster: 'clusters', user: 'users' } as const;
const PATHS = new Set([
  'kubeconfig',
  'from-file',
  'from-env-file',
  'cert',
  'key',
  'patch-file',
  'certificate-authority',
]);

/**
 * @param path the names of the commands, without `kubectl`: `['create', 'deployment']`
 * @param args the arguments in front: where a container is looked for
 */
export async function flagValues(
  session: Session,
  path: readonly string[],
  flag: string,
  typed: string,
  args: readonly string[],
): Promise<Offer> {
  const command = path.at(-1) ?? '';
  if (flag === 'filename') return MANIFEST_FILES;
  if (flag === 'kustomize' || PATHS.has(flag)) return FILES;
  if (flag === 'output') return offer(OUTPUTS[command] ?? DATA_OUTPUTS);
  if (flag === 'container') return offer(args[0] === undefined ? [] : await containersOf(session, args[0]));
  if (flag === 'resource') return offer(await resourceTypes(session, typed));
  if (flag === 'context' || flag === 'cluster' || flag === 'user')
    return offer(await configNames(session, CONFIG[flag]));
  const named = NAMES[`${command} ${flag}`] ?? NAMES[flag];
  if (named !== undefined) return offer(await namesOf(session, named));
  const known = VALUES[`${path[0]} ${flag}`] ?? VALUES[flag];
  if (!known) return NOTHING;
  return offer(known, known.some((value) => value.endsWith('=')) ? NO_FILES + NO_SPACE : NO_FILES);
}
