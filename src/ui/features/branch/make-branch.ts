/** Making a branch: replay to the instant beside the running cluster, see that it is the same, note it down as a cluster of its own. */
import type { Engine } from '../../cluster/index.ts';
import { type RunningRehearsal, startRehearsal } from '../../cluster/rehearsal.ts';

/** Digests: what the cluster was (undefined: forgotten), and what the replay gave. */
export interface Verdict {
  readonly expected: string | undefined;
  readonly got: string;
}

type Recording = Awaited<ReturnType<Engine['api']['recording']>>;

export interface Attempt {
  readonly recording: Recording;
  readonly verdict: Promise<Verdict>;
  cancel(): void;
}

/** Cuts the recording at `at`, and replays it to there. */
export async function attempt({ api }: Engine, at: number, onProgress: (share: number) => void): Promise<Attempt> {
  const whole = await api.recording();
  const recording = { ...whole, journal: whole.journal.filter((entry) => entry.at <= at), until: at };
  const expected = await api.digestAt(at).catch(() => undefined);
  const from = (await api.past()).boot;
  const rehearsal: RunningRehearsal = startRehearsal(recording, (reached) =>
    onProgress((reached - from) / Math.max(1, at - from)),
  );
  return {
    recording,
    verdict: rehearsal.outcome.then(({ digest }) => ({ expected, got: digest })),
    cancel: rehearsal.cancel,
  };
}

/** Keeps the branch and opens it in place of this cluster. */
export async function openBranch(
  engine: Engine,
  name: string,
  { recording }: Attempt,
  verdict: Verdict,
): Promise<void> {
  const [{ keepCluster }, { switchCluster }, parent] = await Promise.all([
    import('../../cluster/kept.ts'),
    import('../../cluster/index.ts'),
    engine.ready,
  ]);
  const id = await keepCluster(name, {
    ...recording,
    parent: { cluster: parent.id, name: parent.name, at: recording.until },
    digest: verdict.got,
  });
  // What the parent has done so far can then be read beside the branch.
  await engine.api.flush();
  switchCluster(id);
}
