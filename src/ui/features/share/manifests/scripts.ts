/** Scripts that make a real cluster like this one and apply the manifests to it. */
import type { CollectedObject } from './collect.ts';

export interface ExportFacts {
  readonly nodes: number;
  /** Ports of Nodes that Services are reached by. */
  readonly nodePorts: readonly number[];
  /** Images that are pulled nowhere. */
  readonly simulated: readonly string[];
}

const MANIFESTS = 'manifests.yaml';

/** NodePorts of the Services among the objects, each once, in order. */
export function nodePortsOf(objects: readonly CollectedObject[]): readonly number[] {
  const ports = new Set<number>();
  for (const { kind, object } of objects) {
    if (kind !== 'Service') continue;
    const { ports: own = [] } = (object.spec ?? {}) as { readonly ports?: readonly { readonly nodePort?: number }[] };
    for (const { nodePort } of own) if (nodePort !== undefined) ports.add(nodePort);
  }
  return [...ports].toSorted((a, b) => a - b);
}

/** Images of this page alone: no registry has them. */
export const isSimulated = (image: string): boolean => /^([\w-]+\.)*(local|localhost)(:\d+)?\//.test(image);

const missing = ({ simulated }: ExportFacts, load: string): string =>
  simulated.length === 0
    ? ''
    : `# These images exist in the simulation only. Build them first, then hand them over:\n${simulated
        .map((image) => `#   ${load} ${shellWord(image)}\n`)
        .join('')}`;

const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** kind reaches NodePorts only through ports that its config maps. */
export function kindScript(facts: ExportFacts): string {
  const mappings = facts.nodePorts
    .map((port) => `      - { containerPort: ${port}, hostPort: ${port}, listenAddress: 127.0.0.1 }\n`)
    .join('');
  const workers = Math.max(0, facts.nodes - 1);
  return `#!/bin/sh
# Makes a kind cluster with ${facts.nodes} Node${facts.nodes === 1 ? '' : 's'} and applies ${MANIFESTS} to it. Needs docker, kind and kubectl.
set -eu
cd "$(dirname "$0")"
kind create cluster --name podarium --config - <<'CONFIG'
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
${mappings && `    extraPortMappings:\n${mappings}`}${'  - role: worker\n'.repeat(workers)}CONFIG
${missing(facts, 'kind load docker-image --name podarium')}kubectl --context kind-podarium apply -f ${MANIFESTS}
${facts.nodePorts.map((port) => `echo "http://127.0.0.1:${port}/"\n`).join('')}# To take it down again: kind delete cluster --name podarium
`;
}

export function minikubeScript(facts: ExportFacts): string {
  return `#!/bin/sh
# Makes a minikube cluster with ${facts.nodes} Node${facts.nodes === 1 ? '' : 's'} and applies ${MANIFESTS} to it. Needs minikube and kubectl.
set -eu
cd "$(dirname "$0")"
minikube start --profile podarium --nodes ${Math.max(1, facts.nodes)}
${missing(facts, 'minikube --profile podarium image load')}kubectl --context podarium apply -f ${MANIFESTS}
${facts.nodePorts.map((port) => `echo "http://$(minikube --profile podarium ip):${port}/"\n`).join('')}# To take it down again: minikube delete --profile podarium
`;
}
