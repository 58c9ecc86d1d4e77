/** Redirections: what the shell's descriptors mean while a command runs. */

import type { HereDoc, HereString, Redirect, Redirection } from 'unbash';
import { absolute, BytesSource, nullSink, OsError, openSink, openSource } from '#engine/os';
import { expandHereDocument, expandToText } from './expand.ts';
import type { Descriptor, Shell } from './shell.ts';

const encoder = new TextEncoder();

/** Applies redirections, runs, and puts the descriptors back. */
export async function withRedirections<T>(
  shell: Shell,
  redirections: readonly Redirection[],
  run: () => Promise<T>,
): Promise<T> {
  if (redirections.length === 0) return run();
  const saved = new Map(shell.fds);
  try {
    for (const redirection of redirections) await redirect(shell, redirection);
    return await run();
  } finally {
    shell.fds.clear();
    for (const [fd, descriptor] of saved) shell.fds.set(fd, descriptor);
  }
}

/** Changes one descriptor for good (`exec`). Reports and throws CommandFailed. */
export async function redirect(shell: Shell, redirection: Redirection): Promise<void> {
  if (redirection.type === 'HereDoc') return hereDocument(shell, redirection);
  if (redirection.type === 'HereString') return hereString(shell, redirection);
  const { operator } = redirection;
  const target = redirection.target ? await expandToText(shell, redirection.target) : '';
  const fd = await descriptorOf(shell, redirection, operator.startsWith('<') ? 0 : 1);
  try {
    switch (operator) {
      case '<':
        shell.fds.set(fd, opened(shell, target, 'read'));
        return;
      case '<>':
        if (!shell.process.fs.exists(absolute(target, shell.process.cwd))) openSink(shell.process, target);
        shell.fds.set(fd, { ...opened(shell, target, 'read'), ...opened(shell, target, 'append') });
        return;
      case '>':
        await refuseClobber(shell, target);
        shell.fds.set(fd, opened(shell, target, 'write'));
        return;
      case '>|':
        shell.fds.set(fd, opened(shell, target, 'write'));
        return;
      case '>>':
        shell.fds.set(fd, opened(shell, target, 'append'));
        return;
      case '&>':
      case '&>>':
        both(shell, opened(shell, target, operator === '&>' ? 'write' : 'append'));
        return;
      default:
        await duplicate(shell, redirection, fd, target);
    }
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await shell.fail(openFailure(shell, target, error, operator), shell.flavour === 'dash' ? 2 : 1);
  }
}

function openFailure(shell: Shell, target: string, error: OsError, operator: string): string {
  if (shell.flavour === 'bash') return `${target}: ${error.message}`;
  const missing = error.code === 'ENOENT';
  const verb = operator.startsWith('<') ? 'open' : 'create';
  const why = missing
    ? verb === 'open'
      ? 'no such file'
      : shell.flavour === 'ash'
        ? 'nonexistent directory'
        : 'Directory nonexistent'
    : error.message;
  if (shell.flavour === 'ash') return `can't ${verb} ${target}: ${why}`;
  return `cannot ${verb} ${target}: ${missing && verb === 'open' ? 'No such file' : why}`;
}

async function descriptorOf(shell: Shell, redirection: Redirect, otherwise: number): Promise<number> {
  const { descriptor } = redirection;
  if (descriptor?.type === 'FileDescriptor') return descriptor.value;
  if (descriptor?.type !== 'FileDescriptorVariable') return otherwise;
  // {name}>file takes a free descriptor and remembers it in the variable.
  let fd = 10;
  while (shell.fds.has(fd)) fd++;
  shell.variables.set(descriptor.name, String(fd));
  return fd;
}

function opened(shell: Shell, target: string, mode: 'read' | 'write' | 'append'): Descriptor {
  const own = /^\/dev\/(?:fd\/(\d+)|(stdin|stdout|stderr))$/.exec(target);
  if (own) {
    const fd = own[1] === undefined ? ['stdin', 'stdout', 'stderr'].indexOf(own[2] as string) : Number(own[1]);
    return shell.fds.get(fd) ?? {};
  }
  if (/^\/dev\/(tcp|udp)\//.test(target))
    throw new OsError('EINVAL', `${target.slice(5, 8)} redirections are not simulated`);
  if (target === '') throw new OsError('ENOENT', 'No such file or directory');
  return mode === 'read'
    ? { source: openSource(shell.process, target) }
    : { sink: openSink(shell.process, target, mode === 'append') };
}

async function refuseClobber(shell: Shell, target: string): Promise<void> {
  const path = absolute(target, shell.process.cwd);
  const { fs } = shell.process;
  if (shell.options.noclobber && fs.exists(path) && fs.stat(path).type === 'file')
    await shell.fail(`${target}: cannot overwrite existing file`, 1);
}

function both(shell: Shell, descriptor: Descriptor): void {
  shell.fds.set(1, descriptor);
  shell.fds.set(2, descriptor);
}

/** `2>&1`, `<&3`, `>&-`, and `>&file`, which is `&>file`. */
async function duplicate(shell: Shell, { operator, descriptor }: Redirect, fd: number, target: string): Promise<void> {
  if (target === '-') {
    shell.fds.set(fd, operator === '<&' ? {} : { sink: closedSink });
    return;
  }
  const move = target.endsWith('-');
  const from = Number(move ? target.slice(0, -1) : target);
  if (Number.isInteger(from) && target !== '') {
    const source = shell.fds.get(from);
    if (!source)
      await shell.fail(
        shell.flavour === 'bash' ? `${target}: Bad file descriptor` : `${target}: bad file descriptor`,
        shell.flavour === 'dash' ? 2 : 1,
      );
    else shell.fds.set(fd, source);
    if (move) shell.fds.delete(from);
  } else if (operator === '>&' && !descriptor) both(shell, opened(shell, target, 'write'));
  else await shell.fail(`${target}: ambiguous redirect`, 1);
}

const closedSink = { ...nullSink, write: () => Promise.reject(new OsError('EINVAL', 'Bad file descriptor')) };

async function hereDocument(shell: Shell, { operator, delimiter, body, descriptor }: HereDoc): Promise<void> {
  const stripped = operator === '<<-';
  let text: string;
  if (delimiter?.quoted) text = stripped ? withoutTabs(body.text) : body.text;
  else if (!body.parts)
    text = (stripped ? withoutTabs(body.text) : body.text).replace(/\\([$`\\])/g, '$1').replace(/\\\n/g, '');
  else {
    let atLineStart = true;
    const parts = body.parts.map((part) => {
      const strip = stripped && part.type === 'Literal';
      const value = strip ? (atLineStart ? part.value.replace(/^\t+/, '') : part.value).replace(/\n\t+/g, '\n') : '';
      atLineStart = part.type === 'Literal' && part.value.endsWith('\n');
      return strip ? { ...part, value } : part;
    });
    text = await expandHereDocument(shell, parts);
  }
  shell.fds.set(descriptor?.type === 'FileDescriptor' ? descriptor.value : 0, {
    source: new BytesSource(encoder.encode(text)),
  });
}

const withoutTabs = (text: string): string => text.replace(/^\t+/gm, '');

async function hereString(shell: Shell, { target, descriptor }: HereString): Promise<void> {
  const text = target ? await expandToText(shell, target) : '';
  shell.fds.set(descriptor?.type === 'FileDescriptor' ? descriptor.value : 0, {
    source: new BytesSource(encoder.encode(`${text}\n`)),
  });
}
