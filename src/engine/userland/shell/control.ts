/** How control leaves a command other than by its end. */

export class BreakLoop extends Error {
  constructor(
    readonly kind: 'break' | 'continue',
    readonly levels: number,
  ) {
    super(kind);
  }
}

export class ReturnFromFunction extends Error {
  constructor(readonly code: number) {
    super('return');
  }
}

/** `exit`, and the end of a shell by an error or `set -e`. */
export class ExitShell extends Error {
  constructor(readonly code: number) {
    super('exit');
  }
}

/** An error that ends the command (and, where POSIX says so, a non-interactive shell). Already reported. */
export class CommandFailed extends Error {
  constructor(
    readonly code: number,
    readonly fatal: boolean,
  ) {
    super('failed');
  }
}

/** Ctrl-C in an interactive shell: back to the prompt. */
export class Interrupted extends Error {}
