/** The cluster as the panes see it: a client, live lists, objects and tables, the clock. */
export type { Client } from '#engine/client-go';
export type { ClockControls, ClockState } from './clock.ts';
export { type DeskClient, type DeskEntry, deskOf, type OpenEdit } from './desk.ts';
export type { ServedGroup, ServedResource } from './discovery.ts';
export { type Engine, type Speed, startEngine } from './engine.ts';
export {
  ClusterProvider,
  useAge,
  useCapabilities,
  useClient,
  useClock,
  useClockControls,
  useClusterState,
  useDiscovery,
  useEngine,
  useList,
  useObject,
  useTable,
} from './hooks.tsx';
export { rememberCluster, startRequest, switchCluster } from './opening.ts';
export { useReadOnly } from './past.ts';
export { rowKey, type Table, type TableRow } from './table.ts';
export { useTables } from './tables.ts';
export { type TrafficBatch, useTraffic } from './traffic.ts';
