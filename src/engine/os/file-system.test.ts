import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges, ChangeLog, Loop, Saved } from '#engine/sim';
import { createFileSystem, createVolume, type ImageLayer, OsError, type Volume } from './index.ts';

const clock = new Loop({ settle: () => Promise.resolve(), trace: () => undefined }, 1000);
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

const layers: readonly ImageLayer[] = [
  {
    digest: 'sha256:1',
    sizeBytes: 10,
    entries: () => [
      { path: '/etc/passwd', content: 'root' },
      { path: '/etc/old', content: 'old' },
      { path: '/bin/sh', content: 'shell', mode: 0o755 },
      { path: '/bin/ash', target: 'sh' },
      { path: '/var/log/nginx/access.log', target: '/dev/stdout' },
      { path: '/run', target: '/var/run' },
      { path: '/var/run', directory: true },
    ],
  },
  {
    digest: 'sha256:2',
    sizeBytes: 10,
    entries: () => [
      { path: '/etc/old', removed: true },
      { path: '/etc/new', content: 'new' },
    ],
  },
];

/** Everything in a volume, as `ls -lR` and `md5sum` would tell it. */
function listing(volume: Volume): unknown[] {
  const fs = createFileSystem([{ path: '/', volume }]);
  const walk = (path: string): unknown[] => {
    const stat = fs.lstat(path || '/');
    if (stat.type === 'file') return [[path, stat, fs.readFile(path)]];
    if (stat.type === 'symlink') return [[path, stat, fs.readlink(path)]];
    return [[path, stat], ...fs.readdir(path || '/').flatMap((name) => walk(`${path}/${name}`))];
  };
  return walk('');
}

describe('layers and copy on write', () => {
  test('containers of one image share its files and not their changes', () => {
    const [a, b] = [createVolume(clock, { layers }), createVolume(clock, { layers })].map((volume) =>
      createFileSystem([{ path: '/', volume }]),
    );
    if (!a || !b) throw new Error('unreachable');
    expect(a.readFile('/etc/passwd')).toEqual(b.readFile('/etc/passwd'));
    a.writeFile('/etc/passwd', bytes(':x'), { append: true });
    a.remove('/bin/ash');
    expect(text(a.readFile('/etc/passwd'))).toBe('root:x');
    expect(text(b.readFile('/etc/passwd'))).toBe('root');
    expect(b.readdir('/bin')).toEqual(['ash', 'sh']);
    expect(a.readdir('/etc')).toEqual(['new', 'passwd']);
  });

  test('the disk holds exactly what changed, and a volume starts from it', () => {
    const ledger = new ChangeLog();
    const volume = createVolume(clock, { layers, ledger });
    const fs = createFileSystem([{ path: '/', volume }]);
    fs.writeFile('/etc/hosts', bytes('127.0.0.1'));
    fs.remove('/etc/passwd');
    fs.symlink('/etc/hosts', '/link');
    fs.mkdir('/a/b', { recursive: true });
    fs.rename('/bin', '/sbin');
    const texts = new Map<string, string>();
    applyChanges(texts, ledger.take());
    const removed = [...texts].filter(([, entry]) => entry.includes('removed'));
    expect(removed.map(([path]) => path).sort()).toEqual(['/bin', '/bin/ash', '/bin/sh', '/etc/passwd']);
    const again = createVolume(clock, { layers, saved: new Saved(texts) });
    expect(listing(again)).toEqual(listing(volume));
    expect(again.usedBytes).toBe(volume.usedBytes);
    expect(text(createFileSystem([{ path: '/', volume: again }]).readFile('/link'))).toBe('127.0.0.1');
  });

  test('whatever is done to a volume, its disk says the same', () => {
    const path = fc.constantFrom('/a', '/a/b', '/a/b/c', '/bin', '/bin/ash', '/etc/passwd', '/d');
    const operation = fc.record({
      act: fc.constantFrom('write', 'append', 'binary', 'large', 'mkdir', 'remove', 'rename', 'link', 'chmod', 'keep'),
      path,
      to: path,
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), fc.boolean(), (operations, layered) => {
        const base = layered ? { layers } : {};
        const ledger = new ChangeLog();
        const texts = new Map<string, string>();
        let volume = createVolume(clock, { ...base, ledger });
        for (const { act, path: at, to } of operations) {
          const fs = createFileSystem([{ path: '/', volume }]);
          try {
            if (act === 'write') fs.writeFile(at, bytes(`text ${to}`));
            else if (act === 'append') fs.writeFile(at, bytes('x'.repeat(9_000)), { append: true });
            else if (act === 'binary') fs.writeFile(at, Uint8Array.of(0, 200, 255, 10));
            else if (act === 'large') fs.writeFile(at, bytes('界'.repeat(12_000)));
            else if (act === 'mkdir') fs.mkdir(at);
            else if (act === 'remove') fs.remove(at, { recursive: true });
            else if (act === 'rename') fs.rename(at, to);
            else if (act === 'link') fs.symlink(to, at);
            else if (act === 'chmod') fs.chmod(at, 0o600);
          } catch (error) {
            if (!(error instanceof OsError)) throw error;
          }
          if (act !== 'keep') continue;
          // A power cut in the middle: the next volume goes on from the disk, on the same disk.
          applyChanges(texts, ledger.take());
          volume = createVolume(clock, { ...base, ledger, saved: new Saved(texts) });
        }
        applyChanges(texts, ledger.take());
        const again = createVolume(clock, { ...base, saved: new Saved(texts) });
        expect(listing(again)).toEqual(listing(volume));
        expect(again.usedBytes).toBe(volume.usedBytes);
      }),
    );
  });

  test('what was read does not change when the file does', () => {
    const fs = createFileSystem([{ path: '/', volume: createVolume(clock) }]);
    fs.writeFile('/f', bytes('one'));
    const before = fs.readFile('/f');
    fs.writeFile('/f', bytes(' two'), { append: true });
    fs.writeFile('/g', bytes('three'));
    expect(text(before)).toBe('one');
    expect(text(fs.readFile('/f'))).toBe('one two');
  });

  test('a full volume refuses', () => {
    const fs = createFileSystem([{ path: '/', volume: createVolume(clock, { capacityBytes: 10 }) }]);
    fs.writeFile('/f', bytes('123456'));
    expect(() => fs.writeFile('/g', bytes('123456'))).toThrow('No space left on device');
    fs.remove('/f');
    fs.writeFile('/g', bytes('123456'));
  });
});

describe('paths', () => {
  const open = () => {
    const fs = createFileSystem([{ path: '/', volume: createVolume(clock, { layers }) }]);
    fs.symlink('loop', '/loop');
    return fs;
  };
  test.each([
    ['/etc/../bin/./ash', '/bin/sh'],
    ['/run', '/var/run'],
    ['/../..', '/'],
    ['//etc//passwd', '/etc/passwd'],
  ])('%s is %s', (path, real) => {
    expect(open().realpath(path)).toBe(real);
  });
  test.each([
    ['/nope', 'ENOENT'],
    ['/etc/passwd/x', 'ENOTDIR'],
    ['/etc/passwd/', 'ENOTDIR'],
    ['/loop', 'ELOOP'],
    ['/nope/x', 'ENOENT'],
  ])('%s fails with %s', (path, code) => {
    expect(() => open().stat(path)).toThrow(expect.objectContaining({ code }));
  });
  test.each([
    ['EISDIR', (fs: ReturnType<typeof open>) => fs.readFile('/etc')],
    ['EEXIST', (fs: ReturnType<typeof open>) => fs.mkdir('/etc')],
    ['ENOTEMPTY', (fs: ReturnType<typeof open>) => fs.remove('/etc')],
    ['EINVAL', (fs: ReturnType<typeof open>) => fs.rename('/etc', '/etc/x')],
    ['EBUSY', (fs: ReturnType<typeof open>) => fs.remove('/', { recursive: true })],
    ['ENOENT', (fs: ReturnType<typeof open>) => fs.writeFile('/no/where', bytes(''))],
  ])('%s', (code, act) => {
    expect(() => act(open())).toThrow(expect.objectContaining({ code }));
  });
});

describe('mounts', () => {
  const open = () => {
    const config = createVolume(clock);
    createFileSystem([{ path: '/', volume: config }]).mkdir('/sub');
    createFileSystem([{ path: '/', volume: config }]).writeFile('/sub/key', bytes('value'));
    const shared = createVolume(clock);
    const fs = createFileSystem([
      { path: '/', volume: createVolume(clock, { layers }) },
      { path: '/etc/config/deep', volume: config, subPath: 'sub', readOnly: true },
      { path: '/etc/passwd', volume: config, subPath: 'sub/key' },
      { path: '/data', volume: shared },
    ]);
    return { fs, shared, config };
  };
  test('mount points appear, even where nothing was', () => {
    const { fs } = open();
    expect(fs.readdir('/')).toContain('data');
    expect(fs.readdir('/etc/config')).toEqual(['deep']);
    expect(text(fs.readFile('/etc/config/deep/key'))).toBe('value');
    expect(text(fs.readFile('/etc/passwd'))).toBe('value');
    expect(fs.readdir('/data')).toEqual([]);
  });
  test('a read-only mount refuses, a shared volume is seen by both', () => {
    const { fs, shared, config } = open();
    expect(() => fs.writeFile('/etc/config/deep/key', bytes(''))).toThrow('Read-only file system');
    expect(() => fs.remove('/data')).toThrow('Device or resource busy');
    fs.writeFile('/data/f', bytes('x'));
    fs.writeFile('/etc/passwd', bytes('changed'));
    expect(text(createFileSystem([{ path: '/', volume: shared }]).readFile('/f'))).toBe('x');
    expect(text(createFileSystem([{ path: '/', volume: config }]).readFile('/sub/key'))).toBe('changed');
    fs.writeFile('/etc/config/sibling', bytes('y'));
    expect(fs.readdir('/etc/config')).toEqual(['deep', 'sibling']);
    fs.rename('/etc/new', '/data/new');
    expect(fs.exists('/etc/new')).toBe(false);
    expect(text(fs.readFile('/data/new'))).toBe('new');
  });
});
