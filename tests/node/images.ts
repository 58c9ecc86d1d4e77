/** Images whose programs do what the recorded manifests ask for, without a whole userland: a shell of `echo`, `sleep`, `exit`, and a web server. */
import { textResponse } from '#engine/http';
import {
  executable,
  type Image,
  type ImageRegistry,
  normalizeReference,
  type Program,
  RegistryError,
} from '#engine/os';

const encoder = new TextEncoder();

/** `sh -c 'echo starting; sleep 1; exit 1'`. TERM is ignored, as by an init without a handler. */
const sh: Program = async (process) => {
  for (const command of (process.argv[2] ?? '').split(';').map((part) => part.trim())) {
    const [name, ...words] = command.split(' ');
    if (name === 'echo') await process.stdout.write(encoder.encode(`${words.join(' ')}\n`));
    else if (name === 'sleep') await process.clock.sleep(Number(words[0]) * 1000, 'sleep', process.killed);
    else if (name === 'exit') return Number(words[0]);
    else if (name === 'touch') process.fs.writeFile(words[0] ?? '', new Uint8Array());
    else if (name === 'test') return process.fs.exists(words[0] ?? '') ? 0 : 1;
    else if (name === 'message') process.fs.writeFile('/dev/termination-log', encoder.encode(words.join(' ')));
    else if (name === 'env') {
      for (const [key, value] of process.env) await process.stdout.write(encoder.encode(`${key}=${value}\n`));
    } else if (name === 'cat') await process.stdout.write(process.fs.readFile(words[0] ?? ''));
  }
  return 0;
};

/** Answers every request until it is told to stop. */
const nginx: Program = async (process) => {
  const listener = process.net.listen(80, async () => textResponse(200, 'Welcome'));
  await new Promise<void>((resolve) => {
    process.onSignal('SIGQUIT', () => resolve());
    process.onSignal('SIGTERM', () => resolve());
    process.killed.addEventListener('abort', () => resolve(), { once: true });
  });
  listener.close();
  return 0;
};

export const testPrograms: ReadonlyMap<string, Program> = new Map([
  ['sh', sh],
  ['nginx', nginx],
]);

const image = (name: string, tag: string, program: string, cmd: readonly string[]): Image => ({
  name,
  tag,
  digest: `sha256:${'e'.repeat(64)}`,
  id: `sha256:${program.padEnd(64, '0')}`,
  sizeBytes: 2_222_835,
  layers: [
    {
      digest: `sha256:${program}`,
      sizeBytes: 2_222_835,
      entries: () => [{ path: `/bin/${program}`, content: executable(program), mode: 0o755 }],
    },
  ],
  config: { cmd },
});

const TAGS: { readonly [name: string]: readonly string[] } = {
  'docker.io/library/busybox': ['1.28', '1.36', 'latest'],
  'docker.io/library/nginx': ['latest', '1.25'],
};

export const testRegistry: ImageRegistry = {
  async resolve(reference) {
    const { name, tag = 'latest' } = normalizeReference(reference);
    if (!TAGS[name]?.includes(tag))
      throw new RegistryError('NotFound', `failed to resolve image: ${name}:${tag}: not found`);
    return name.endsWith('busybox') ? image(name, tag, 'sh', ['sh']) : image(name, tag, 'nginx', ['nginx']);
  },
};
