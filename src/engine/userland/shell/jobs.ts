/** Background jobs and waiting for children. */
import type { ChildProcess, ExitStatus } from '#engine/os';
import type { Job, Shell } from './shell.ts';

/** Waits for a child in the foreground and gives the shell's exit code; an interactive shell says how it was killed. */
export async function waitFor(shell: Shell, child: ChildProcess): Promise<number> {
  const status = await shell.process.until(child.exited);
  await reportSignal(shell, status);
  return status.code;
}

const DEATHS: { readonly [signal: string]: string } = {
  SIGKILL: 'Killed',
  SIGTERM: 'Terminated',
  SIGSEGV: 'Segmentation fault',
  SIGABRT: 'Aborted',
  SIGHUP: 'Hangup',
  SIGQUIT: 'Quit',
};

async function reportSignal(shell: Shell, { signal }: ExitStatus): Promise<void> {
  if (signal === 'SIGINT' && shell.interactive) await shell.printError('\n');
  const text = signal && DEATHS[signal];
  if (text && (shell.interactive || shell.flavour !== 'bash')) await shell.printError(`${text}\n`);
}

/** Remembers a job; an interactive shell says its number. */
export async function announceBackground(shell: Shell, child: ChildProcess, text: string): Promise<void> {
  const id = (shell.jobs.at(-1)?.id ?? 0) + 1;
  const job: Job = { id, child, text, status: undefined, reported: false };
  shell.jobs.push(job);
  void child.exited.then((status) => {
    job.status = status;
  });
  if (shell.interactive) await shell.printError(`[${id}] ${child.pid}\n`);
}

/** What `jobs` says of one. */
export function describeJob(shell: Shell, job: Job): string {
  const mark = job === shell.jobs.at(-1) ? '+' : job === shell.jobs.at(-2) ? '-' : ' ';
  const { status } = job;
  const state = !status
    ? 'Running'
    : status.signal
      ? (DEATHS[status.signal] ?? status.signal)
      : status.code === 0
        ? 'Done'
        : `Exit ${status.code}`;
  return `[${job.id}]${mark}  ${state.padEnd(24)}${job.text}${status ? '' : ' &'}\n`;
}

/** Before a prompt: jobs that have ended are named once and forgotten. */
export async function reportJobs(shell: Shell): Promise<void> {
  for (const job of shell.jobs.filter(({ status }) => status)) {
    if (shell.interactive) await shell.printError(describeJob(shell, job));
  }
  forgetEnded(shell);
}

export function forgetEnded(shell: Shell): void {
  const running = shell.jobs.filter(({ status }) => !status);
  shell.jobs.splice(0, shell.jobs.length, ...running);
}

/** By `%1`, `%+`, `%name` or a pid. */
export function findJob(shell: Shell, text: string): Job | undefined {
  if (!text.startsWith('%')) return shell.jobs.find(({ child }) => child.pid === Number(text));
  const name = text.slice(1);
  if (name === '' || name === '+' || name === '%') return shell.jobs.at(-1);
  if (name === '-') return shell.jobs.at(-2);
  return shell.jobs.find((job) => String(job.id) === name || job.text.startsWith(name));
}
