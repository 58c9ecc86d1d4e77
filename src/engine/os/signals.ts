/** Signal numbers and what happens to a process that does not handle one. */
import type { Signal } from './process.ts';

const SIGNAL_NUMBERS: { readonly [signal in Signal]: number } = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGWINCH: 28,
};

export const signalNumber = (signal: Signal): number => SIGNAL_NUMBERS[signal];

/** From `TERM`, `SIGTERM`, `sigterm` or `15`. */
export function parseSignal(text: string): Signal | undefined {
  const names = Object.keys(SIGNAL_NUMBERS) as Signal[];
  if (/^\d+$/.test(text)) return names.find((name) => SIGNAL_NUMBERS[name] === Number(text));
  const upper = text.toUpperCase();
  return names.find((name) => name === upper || name === `SIG${upper}`);
}

export type DefaultAction = 'terminate' | 'ignore' | 'stop' | 'continue';

export function defaultAction(signal: Signal): DefaultAction {
  switch (signal) {
    case 'SIGCHLD':
    case 'SIGWINCH':
      return 'ignore';
    case 'SIGSTOP':
    case 'SIGTSTP':
      return 'stop';
    case 'SIGCONT':
      return 'continue';
    default:
      return 'terminate';
  }
}
