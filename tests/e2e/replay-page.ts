/** A page of the tests: replays recordings in a worker of this browser. */
import { wrap } from 'comlink';
import type { EngineApi } from '../../src/workers/protocol.ts';

const engine = wrap<EngineApi>(
  new Worker(new URL('../../src/workers/engine.worker.ts', import.meta.url), { type: 'module' }),
);
Object.assign(globalThis, { replay: (recording: Parameters<EngineApi['replay']>[0]) => engine.replay(recording) });
