/** A macrotask in a browser or a Worker: every promise reaction has run when the message arrives. */
export function createSettle(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let wake: (() => void) | undefined;
  port1.onmessage = () => wake?.();
  return () =>
    new Promise((resolve) => {
      wake = resolve;
      port2.postMessage(undefined);
    });
}
