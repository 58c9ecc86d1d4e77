/** Errors that nobody caught. */

/** What a promise of ours can only be rejected with by a bug. */
const BUGS: ReadonlySet<string> = new Set(['InvariantError', 'TypeError', 'RangeError', 'ReferenceError']);

/** Tells `fail` of every bug that shows itself nowhere else. What a killed program still had under way ends in peace. */
export function watchForBugs(fail: (error: unknown) => void): void {
  self.addEventListener('unhandledrejection', (event) => {
    const { reason } = event;
    if (reason instanceof Error && BUGS.has(reason.name)) fail(reason);
    else if (reason instanceof Error && reason.name === 'ProcessKilled') event.preventDefault();
  });
}
