/** The bridge as a child process, for tests with real clients. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Bridge {
  readonly url: string;
  readonly kubeconfig: string;
  /** Resolves with the exit code after SIGTERM. */
  stop(): Promise<number | null>;
}

export async function startBridge(args: readonly string[]): Promise<Bridge> {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'podarium-')), 'config');
  const child: ChildProcess = spawn(process.execPath, ['dist/node/bridge.cjs', '--kubeconfig', kubeconfig, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    exited.then((code) => reject(new Error(`the bridge ended with ${code}: ${errors}`))).catch(reject);
  });
  const [, url] = /^ready (\S+) kubeconfig=/.exec(line) ?? [];
  if (!url) throw new Error(`not a ready line: ${line}`);
  return {
    url,
    kubeconfig,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
