import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  createFileSystem,
  createVolume,
  type Image,
  type ImageRegistry,
  normalizeReference,
  RegistryError,
} from '#engine/os';
import { Loop } from '#engine/sim';
import { ImageStore, imageRefOf } from './image-store.ts';
import { resolveUser } from './user.ts';

const layer = (name: string, sizeBytes: number) => ({ digest: `sha256:${name}`, sizeBytes, entries: () => [] });
const base = layer('base', 50_000_000);

/** `app` and `web` share a base layer; `gone` cannot be had. */
const registry: ImageRegistry = {
  async resolve(reference) {
    const { name, tag = 'latest' } = normalizeReference(reference);
    const short = name.split('/').at(-1) ?? '';
    if (short === 'gone') throw new RegistryError('NotFound', `failed to resolve image: ${name}:${tag}: not found`);
    if (short === 'down') throw new RegistryError('Unavailable', 'failed to do request');
    const image: Image = {
      name,
      tag,
      digest: `sha256:manifest-${short}`,
      id: `sha256:config-${short}`,
      sizeBytes: 60_000_000,
      layers: [base, layer(short, 10_000_000)],
      config: {},
    };
    return image;
  },
};

async function pull(
  store: ImageStore,
  loop: Loop,
  reference: string,
): Promise<{ readonly result: string; readonly ms: number }> {
  const start = loop.now();
  let result: string | undefined;
  store.pull(reference).then(
    (stored) => {
      result = imageRefOf(stored);
    },
    (error: unknown) => {
      result = String(error);
    },
  );
  await loop.runUntil(start + 100_000, () => result !== undefined);
  return { result: result ?? 'pending', ms: loop.now() - start };
}

describe('the image store', () => {
  const make = () => {
    const loop = new Loop({ settle: () => setImmediate() as Promise<void>, trace: () => undefined }, 0);
    return { loop, store: new ImageStore(loop, registry, 50_000_000) };
  };

  test('a pull costs what is not on the Node yet', async () => {
    const { loop, store } = make();
    expect(await pull(store, loop, 'app')).toEqual({ result: 'docker.io/library/app@sha256:manifest-app', ms: 1520 });
    expect((await pull(store, loop, 'web:1')).ms).toBe(270);
    expect((await pull(store, loop, 'app')).ms).toBe(20);
  });

  test('an image has all its names; one that was loaded has no digest', async () => {
    const { loop, store } = make();
    await store.load('app:1');
    expect(imageRefOf(store.get('app:1') as never)).toBe('sha256:config-app');
    await pull(store, loop, 'app:2');
    expect(store.get('docker.io/library/app:1')?.repoTags).toEqual([
      'docker.io/library/app:1',
      'docker.io/library/app:2',
    ]);
    expect(store.get('app@sha256:'.concat('0'.repeat(64)))).toBeUndefined();
    expect(store.remove('app:1')).toBe(true);
    expect(store.list()).toEqual([]);
  });

  test.each([
    [
      'gone:1',
      'PullError: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/gone:1": failed to resolve image: docker.io/library/gone:1: not found',
    ],
    [
      'down',
      'PullError: rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/down:latest": failed to do request',
    ],
  ])('%s fails in containerd words', async (reference, expected) => {
    const { loop, store } = make();
    expect((await pull(store, loop, reference)).result).toBe(expected);
  });
});

describe('the user of a container', () => {
  const loop = new Loop({ settle: () => setImmediate() as Promise<void>, trace: () => undefined }, 0);
  const fs = createFileSystem([{ path: '/', volume: createVolume(loop) }]);
  fs.mkdir('/etc');
  fs.writeFile('/etc/passwd', new TextEncoder().encode('root:x:0:0::/root:/bin/sh\nweb:x:101:102::/:/bin/false\n'));
  fs.writeFile('/etc/group', new TextEncoder().encode('root:x:0:\nstaff:x:50:\n'));
  test.each([
    ['root by default', undefined, undefined, { uid: 0, gid: 0, supplementalGroups: [0] }],
    ['the image names one', undefined, 'web', { uid: 101, gid: 102, supplementalGroups: [102] }],
    ['the image names one and a group', undefined, 'web:staff', { uid: 101, gid: 50, supplementalGroups: [50] }],
    ['a number that nobody has', undefined, '4711', { uid: 4711, gid: 0, supplementalGroups: [0] }],
    [
      'the Pod wins',
      { uid: 101, gid: 7, supplementalGroups: [9] },
      'root',
      { uid: 101, gid: 7, supplementalGroups: [7, 9] },
    ],
  ])('%s', (_, wish, image, expected) => {
    expect(resolveUser(wish, image, fs)).toEqual(expected);
  });

  test('an unknown name', () => {
    expect(() => resolveUser(undefined, 'nobody-here', fs)).toThrow(
      'unable to find user nobody-here: no matching entries in passwd file',
    );
  });
});
