/** What is installed into a cluster besides the control plane: cluster DNS, and storage on demand. */
export { createCoreDns } from './coredns/server.ts';
export { createLocalProvisioner } from './local-path/provisioner.ts';
