/** A recording replayed in a worker of its own, while the cluster on show goes on. */
import { transfer, wrap } from 'comlink';
import type { EngineApi, Rehearsal } from '../../workers/protocol.ts';

type Recording = Parameters<EngineApi['rehearse']>[0];

export interface RunningRehearsal {
  /** Never settles after `cancel`. */
  readonly outcome: Promise<Rehearsal>;
  cancel(): void;
}

/** @param onProgress told the instants that are reached, a few times a second */
export function startRehearsal(recording: Recording, onProgress: (at: number) => void): RunningRehearsal {
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<number>) => onProgress(data);
  const crashed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message || 'the engine worker stopped')));
  });
  const cancel = () => {
    worker.terminate();
    port1.close();
  };
  const outcome = Promise.race([wrap<EngineApi>(worker).rehearse(recording, transfer(port2, [port2])), crashed]);
  return { outcome: outcome.finally(cancel), cancel };
}
