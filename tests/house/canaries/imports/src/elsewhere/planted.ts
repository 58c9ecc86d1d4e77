import { door } from '../engine/sim/index.ts';
export const stray = door;
