/** Command-line clients of the cluster, as Programs: they speak HTTP to whatever API server their kubeconfig names. */
export { kubectl } from './kubectl/kubectl.ts';
