/** Asking the server about the file on show, and what it answered last time. */
import { useCallback, useRef, useState } from 'react';
import { useClient, useDiscovery } from '../../cluster/index.ts';
import { applyAll, type Change, deleteAll, diffAll, FIELD_MANAGER, type Outcome } from './cluster/apply.ts';
import type { OpenFile } from './files.ts';
import { parseManifests } from './manifest/manifests.ts';
import type { EditorSay } from './words/words.ts';

export type RunKind = 'apply' | 'takeOver' | 'dryRun' | 'diff' | 'delete';

export interface Run {
  readonly kind: 'apply' | 'dryRun' | 'diff' | 'delete';
  /** What does the same in a terminal. */
  readonly command: string;
  readonly text: string;
  readonly outcomes: readonly (Outcome | Change)[];
  /** Why nothing was asked at all. */
  readonly failure?: string;
}

export function commandOf(kind: RunKind, name: string): string {
  const file = /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
  const apply = `kubectl apply --server-side --field-manager=${FIELD_MANAGER}`;
  switch (kind) {
    case 'apply':
      return `${apply} -f ${file}`;
    case 'takeOver':
      return `${apply} --force-conflicts -f ${file}`;
    case 'dryRun':
      return `${apply} --dry-run=server -f ${file}`;
    case 'diff':
      return `kubectl diff --server-side --field-manager=${FIELD_MANAGER} --force-conflicts -f ${file}`;
    case 'delete':
      return `kubectl delete --ignore-not-found -f ${file}`;
  }
}

export interface Runs {
  readonly running: boolean;
  readonly ready: boolean;
  readonly runs: { readonly [fileId: string]: Run };
  readonly start: (kind: RunKind, file: OpenFile) => void;
  readonly forget: (fileId: string) => void;
}

export function useRun(say: EditorSay): Runs {
  const client = useClient();
  const kinds = useDiscovery();
  const [runs, setRuns] = useState<{ readonly [fileId: string]: Run }>({});
  const [running, setRunning] = useState(false);
  const busy = useRef(false);

  const start = useCallback(
    (kind: RunKind, { id, name, text }: OpenFile) => {
      if (busy.current || !kinds) return;
      const shown = kind === 'takeOver' ? 'apply' : kind;
      const report = (rest: Pick<Run, 'outcomes' | 'failure'>) =>
        setRuns((now) => ({ ...now, [id]: { kind: shown, command: commandOf(kind, name), text, ...rest } }));
      const { manifests, problems } = parseManifests(text);
      const [problem] = problems;
      if (problem) {
        report({
          outcomes: [],
          failure: say('unreadable', { name, line: problem.range.startLine, message: problem.message }),
        });
        return;
      }
      if (manifests.length === 0) {
        report({ outcomes: [], failure: say('empty', { name }) });
        return;
      }
      const act = () => {
        if (kind === 'diff') return diffAll(client, kinds, manifests);
        if (kind === 'delete') return deleteAll(client, kinds, manifests);
        return applyAll(client, kinds, manifests, { dryRun: kind === 'dryRun', force: kind === 'takeOver' });
      };
      busy.current = true;
      setRunning(true);
      act()
        .then(
          (outcomes) => report({ outcomes }),
          (error: unknown) => report({ outcomes: [], failure: String(error) }),
        )
        .finally(() => {
          busy.current = false;
          setRunning(false);
        });
    },
    [client, kinds, say],
  );

  const forget = useCallback((fileId: string) => setRuns(({ [fileId]: _forgotten, ...rest }) => rest), []);
  return { running, ready: kinds !== undefined, runs, start, forget };
}
