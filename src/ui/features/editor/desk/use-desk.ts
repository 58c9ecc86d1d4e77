/** The editor's files as files of the workstation, for components. */
import { useEffect, useMemo } from 'react';
import { deskOf, useEngine } from '../../../cluster/index.ts';
import { update, useSession } from '../../../session/index.ts';
import { openNamed } from '../files.ts';
import { type DeskSync, syncOf } from './sync.ts';

export function useSync(): DeskSync {
  const engine = useEngine();
  return useMemo(() => syncOf(deskOf(engine)), [engine]);
}

/** Files that lessons, examples and other panes hand over. */
export function useFilesHandedOver(): void {
  const waiting = useSession((session) => session.filesToOpen);
  useEffect(() => {
    if (waiting.length === 0) return;
    update({ filesToOpen: [] });
    for (const { name, text } of waiting) openNamed(name, text);
  }, [waiting]);
}
