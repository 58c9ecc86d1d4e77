/** What has to be done before a line is run in a terminal: the editor saves its files, so that the shell has what is on show. */

type Settle = () => Promise<void> | undefined;
const all = new Set<Settle>();

/** `settle` answers with nothing when there is nothing to wait for. Returns a function that takes it away. */
export function beforeCommand(settle: Settle): () => void {
  all.add(settle);
  return () => all.delete(settle);
}

/** Undefined when a line can be run at once. Never rejects: who failed has told. */
export function settledForCommand(): Promise<void> | undefined {
  const waits = [...all].map((settle) => settle()).filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Promise.allSettled(waits).then(() => undefined);
}
