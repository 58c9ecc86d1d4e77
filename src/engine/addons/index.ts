/** What is installed into a cluster besides the control plane: so far cluster DNS. */
export { createCoreDns } from './coredns/server.ts';
