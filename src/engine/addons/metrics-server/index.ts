/** metrics-server: a second door of the room, for a cluster that has it. */
export { metricsServerManifest } from './manifest.ts';
export { createMetricsServer } from './server.ts';
