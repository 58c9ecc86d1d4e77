/**
 * How everything but the API server itself talks to the API: client, reflectors, shared informers, work queues, controllers,
 * event recorders, leader election.
 */
export { type BackoffOptions, createBackoff } from './backoff.ts';
export type { Client, ListOptions, ObjectName, PatchType, WatchOptions, WriteOptions } from './client.ts';
export {
  type Controller,
  type ControllerQueue,
  type ControllerSpec,
  type Result,
  startController,
  type Watch,
  watch,
  watchWith,
} from './controller.ts';
export {
  createEventRecorder,
  type EventDetails,
  type EventRecorder,
  type EventSource,
  type EventType,
} from './event-recorder.ts';
export { referenceTo } from './event-sink.ts';
export { createEventsV1Recorder, type EventsV1Recorder, eventsV1 } from './events-v1-recorder.ts';
export { Expectations } from './expectations.ts';
export type { Informer, InformerOptions, Lister, ResourceEventHandler } from './informer.ts';
export { jsonLines } from './json-lines.ts';
export { type LeaderElectionOptions, runLeaderElection } from './leader-election.ts';
export { LruMap } from './lru-map.ts';
export { isPanic, panic } from './panic.ts';
export { type ReflectorSelection, type ReflectorTarget, runReflector } from './reflector.ts';
export { requestJson } from './request-json.ts';
export { type ClientOptions, createClient } from './rest-client.ts';
export { createInformerFactory, type InformerFactory, type InformerFactoryOptions } from './shared-informer.ts';
export { createSignalGroup } from './signal-group.ts';
export { Store } from './store.ts';
export { TokenBucket, WorkQueue } from './work-queue.ts';
