/** Kinds that most clusters have few objects of. In a chunk of its own, which a server has once a request concerns one of them. */
export { laterStrategies } from './strategies.ts';
