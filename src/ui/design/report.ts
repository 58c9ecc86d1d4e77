/** A part of the page failed: the console has the whole story for whoever looks there. */
export function report(error: unknown, where: string): void {
  reportError(error instanceof Error ? error : new Error(`${String(error)}${where}`));
}
