/** The real kubectls of this machine: on PATH, and the versions that the Google Cloud SDK brings beside its own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Kubectl {
  /** `1.33` */
  readonly version: string;
  readonly path: string;
}

/** Newest last; one of each minor version. */
export function findKubectls(): readonly Kubectl[] {
  const places = (process.env.PATH ?? '').split(':').filter((place) => place !== '' && existsSync(place));
  const behind = places
    .flatMap((place) => ['kubectl', 'gcloud'].map((name) => join(place, name)))
    .filter((file) => existsSync(file))
    .map((file) => dirname(realpathSync(file)));
  const found = new Map<string, string>();
  for (const place of new Set([...behind, ...places, '/usr/lib/google-cloud-sdk/bin'])) {
    if (!existsSync(place)) continue;
    for (const name of readdirSync(place).filter((file) => /^kubectl(\.\d+\.\d+)?$/.test(file))) {
      const path = join(place, name);
      const version = /^kubectl\.(\d+\.\d+)$/.exec(name)?.[1] ?? minorOf(path);
      if (version !== undefined && !found.has(version)) found.set(version, path);
    }
  }
  const minor = (version: string) => Number(version.split('.')[1]);
  return [...found].map(([version, path]) => ({ version, path })).sort((a, b) => minor(a.version) - minor(b.version));
}

function minorOf(path: string): string | undefined {
  const { stdout } = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  return /"gitVersion": "v(\d+\.\d+)/.exec(stdout ?? '')?.[1];
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs until it ends, or until `enough` says so; then it is interrupted. */
export function run(
  file: string,
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly input?: string;
    readonly enough?: (text: string) => boolean | Promise<unknown>;
  },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: options.env });
    let stdout = '';
    let stderr = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const interrupt = () => child.kill('SIGINT');
    const look = () => {
      const enough = options.enough?.(stdout);
      if (enough === true) interrupt();
      else if (enough !== undefined && enough !== false) void Promise.resolve(enough).then(interrupt, interrupt);
    };
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      look();
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
    child.stdin.end(options.input ?? '');
  });
}
