import { meta } from '../apimachinery/index.ts';
import { loop } from './cycle.ts';
export const sim = [meta, loop];
