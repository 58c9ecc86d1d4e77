import { sim } from './planted.ts';
import { door } from './index.ts';
import { readFileSync } from 'node:fs';
export const loop = [sim, door, readFileSync];
