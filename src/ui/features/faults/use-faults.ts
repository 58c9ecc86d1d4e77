/** What is broken at the moment, live, and how to break and mend. */
import { transfer } from 'comlink';
import { useEffect, useState } from 'react';
import type { Fault, StandingFault } from '../../../workers/protocol.ts';
import { useEngine } from '../../cluster/index.ts';
import { notify } from '../../session/index.ts';

const NONE: readonly StandingFault[] = [];

export function useFaults(): readonly StandingFault[] {
  const { api, ready } = useEngine();
  const [faults, setFaults] = useState(NONE);
  useEffect(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<readonly StandingFault[]>) => setFaults(data);
    ready.then(
      () => api.watchFaults(transfer(port2, [port2])),
      () => undefined,
    );
    return () => port1.close();
  }, [api, ready]);
  return faults;
}

/** Submits a fault; what goes wrong is said. */
export function useBreak(): (fault: Fault) => Promise<void> {
  const { api } = useEngine();
  return (fault) =>
    api.submit(fault).catch((error: unknown) => {
      notify({ tone: 'bad', title: fault.do, text: error instanceof Error ? error.message : String(error) });
    });
}
