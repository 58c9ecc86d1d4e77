/** What the kubelet's server says of resource use, and whom it lets in: loaded with the first request that needs it. */
export { createKubeletExtras } from './extras.ts';
