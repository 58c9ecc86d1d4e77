/** Every example of the library, in the order of their files. */
import { type Example, readExample } from './library.ts';

const sources = import.meta.glob<string>('./*.yaml', { query: '?raw', import: 'default', eager: true });

export const examples: readonly Example[] = Object.entries(sources)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([path, source]) => readExample(path, source));
