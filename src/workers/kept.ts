/** The second door of this room, lazily loaded by the page: the clusters on this computer's disk, without an engine. */
export { type ClusterEntry, openCatalog } from './disk/catalog.ts';
export { runningClusters } from './disk/election.ts';
export { recordingOn } from './disk/recording.ts';
export { exportCluster, importCluster, sizes } from './disk/transfer.ts';
