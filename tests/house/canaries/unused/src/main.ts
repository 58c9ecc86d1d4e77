import { used } from './planted.ts';
console.log(used);
