/** Terminals and command lines of the page: input for the workstation, output for a port. */
import type { Cluster, Input } from '#engine/cluster';
import { Pipe } from '#engine/http';
import type { CommandOutcome, ScreenMessage, TerminalMessage, TerminalSize } from './protocol.ts';
import { ScreenFeed } from './screen-feed.ts';

/** An input goes in, and whoever moves the clock looks at once. */
export type Nudged = <T>(act: (cluster: Cluster) => Promise<T>) => Promise<T>;

function terminalInput(terminal: string, message: Exclude<TerminalMessage, { readonly shown: number }>): Input {
  if (typeof message === 'string') return { type: 'terminal.input', terminal, text: message };
  if ('hangup' in message) return { type: 'terminal.hangup', terminal };
  return { type: 'terminal.resize', terminal, ...message };
}

/** A shell on the port, to its end. `fail` takes what must not happen. */
export async function serveTerminal(
  nudged: Nudged,
  terminal: string,
  size: TerminalSize,
  port: MessagePort,
  fail: (error: unknown) => void,
): Promise<void> {
  const { output, exited } = await nudged((cluster) => cluster.openTerminal(terminal, { ...size, editor: true }));
  const post = (message: ScreenMessage) => port.postMessage(message);
  const feed = new ScreenFeed(post);
  port.onmessage = ({ data }: MessageEvent<TerminalMessage>) => {
    if (typeof data === 'object' && 'shown' in data) feed.shown(data.shown);
    else nudged((cluster) => cluster.submit(terminalInput(terminal, data))).catch(fail);
  };
  const shown = output.forEach((bytes) => {
    feed.push(bytes);
  });
  Promise.all([exited, shown])
    .then(([exit]) => feed.end(() => post({ exit })))
    .catch(fail);
}

/** All that comes out of a pipe, as text. */
export async function collect(pipe: Pipe<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  await pipe.forEach((bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  return text;
}

/** Runs a command line to its end and collects what it prints. */
export async function runCommand(nudged: Nudged, line: string): Promise<CommandOutcome> {
  const [stdout, stderr] = [new Pipe<Uint8Array>(), new Pipe<Uint8Array>()];
  const printed = Promise.all([collect(stdout), collect(stderr)]);
  const code = await nudged((cluster) => cluster.run(line, { stdout, stderr }));
  stdout.close();
  stderr.close();
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
}
