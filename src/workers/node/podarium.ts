/** `npm run -s podarium -- shell …`: our shell and our kubectl, headless, against a cluster of our own or any Kubernetes API. */
import { parseArgs } from 'node:util';
import { createCluster } from '#engine/cluster';
import type { Sink } from '#engine/http';
import { nodeHost } from './host.ts';
import { remoteShell } from './remote-shell.ts';

const usage = `usage: npm run -s podarium -- shell [--server URL --token T | --nodes N --seed S] -c 'COMMANDS'
`;

function fail(message: string): never {
  process.stderr.write(`podarium: ${message}\n${usage}`);
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        token: { type: 'string' },
        nodes: { type: 'string', default: '2' },
        seed: { type: 'string', default: '1' },
        command: { type: 'string', short: 'c' },
      },
    });
  } catch (error) {
    return fail((error as Error).message);
  }
}

const { values, positionals } = parse();
if (positionals[0] !== 'shell') fail(`unknown command ${positionals[0] ?? '(none)'}`);
const line = values.command ?? fail('-c is missing');

/** What the shell prints, as it prints it. */
const sink = (stream: NodeJS.WriteStream): Sink<Uint8Array> => ({
  broken: false,
  close: () => {},
  onBroken: () => {},
  write: (bytes) => new Promise((resolve) => stream.write(bytes, () => resolve())),
});
const streams = { stdout: sink(process.stdout), stderr: sink(process.stderr) };

async function local(): Promise<number> {
  const cluster = await createCluster(nodeHost(), { nodes: Number(values.nodes), seed: Number(values.seed) });
  await cluster.loop.runUntil(cluster.loop.now() + 600_000, () => cluster.ready);
  let code: number | undefined;
  cluster.run(line, streams).then(
    (exit) => {
      code = exit;
    },
    (error) => cluster.loop.fail(error),
  );
  while (code === undefined) await cluster.loop.runUntil(cluster.loop.now() + 1000, () => code !== undefined);
  cluster.stop();
  return code;
}

const run = values.server ? remoteShell(values.server, values.token, line, streams) : local();
run.then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    process.exit(1);
  },
);
