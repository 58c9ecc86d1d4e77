/** Custom resources: what judges their definitions and serves them. In a chunk of its own, for clusters that have some. */
export { createMachinery, type Machinery } from './machinery.ts';
