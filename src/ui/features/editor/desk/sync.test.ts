import { beforeEach, expect, test, vi } from 'vitest';

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
vi.stubGlobal('navigator', { language: 'en' });
vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));

const { syncOf, useAtDesk, isUnsaved } = await import('./sync.ts');
const { useFiles, addFile, writeFile } = await import('../files.ts');
const { settledForCommand } = await import('../../../session/before-command.ts');
const { nameOf, pathOf } = await import('./paths.ts');

type Edits = { edit: string; path: string; text: string; command: string }[];

/** A desk in memory: what the page writes, and what the shell does. */
function createDesk() {
  const disk = new Map<string, string>();
  const tell: ((path: string, text: string | undefined) => void)[] = [];
  const editListeners: (() => void)[] = [];
  let edits: Edits = [];
  const finished: unknown[] = [];
  return {
    disk,
    finished,
    client: {
      edits: () => edits,
      onEdits: (listener: () => void) => editListeners.push(listener),
      onFile: (listener: (path: string, text: string | undefined) => void) => tell.push(listener),
      follow: (paths: readonly string[]) => {
        for (const path of paths) for (const each of tell) each(path, disk.get(path));
      },
      list: async () => [],
      read: async (path: string) => disk.get(path),
      write: async (path: string, text: string) => {
        disk.set(path, text);
      },
      finish: async (...args: unknown[]) => {
        finished.push(args);
      },
    },
    shell(path: string, text: string) {
      disk.set(path, text);
      for (const each of tell) each(path, text);
    },
    ask(next: Edits) {
      edits = next;
      for (const listener of editListeners) listener();
    },
  };
}

const fileNamed = (name: string) => useFiles.getState().files.find((file) => file.name === name);

beforeEach(() => {
  useFiles.setState({ files: [], active: '', closed: [] });
  useAtDesk.setState({ texts: new Map(), failures: new Map() });
});

function begin() {
  const desk = createDesk();
  const sync = syncOf(desk.client as never);
  return { desk, sync };
}

test.each([
  ['web.yaml', '/root/web.yaml'],
  ['~/k8s/a.yaml', '/root/k8s/a.yaml'],
  ['/etc/hosts', '/etc/hosts'],
  ['../x/./y', '/x/y'],
])('%s is %s', (name, path) => expect(pathOf(name)).toBe(path));
test('names are relative to the home directory', () => expect(nameOf('/root/a/b')).toBe('a/b'));

test('nothing is written until something is done; a command line waits for the files', async () => {
  const { desk } = begin();
  addFile('web.yaml', 'a: 1\n');
  expect(desk.disk.size).toBe(0);
  await settledForCommand();
  expect(desk.disk.get('/root/web.yaml')).toBe('a: 1\n');
  expect(settledForCommand()).toBeUndefined();
});

test('what the shell changes shows in a file that nobody typed in', async () => {
  const { desk } = begin();
  addFile('web.yaml', 'a: 1\n');
  await settledForCommand();
  desk.shell('/root/web.yaml', 'a: 2\n');
  expect(fileNamed('web.yaml')?.text).toBe('a: 2\n');
});

test('both have changed: nobody is overwritten before it is decided', async () => {
  const { desk, sync } = begin();
  const id = addFile('web.yaml', 'a: 1\n');
  await settledForCommand();
  writeFile(id, 'a: mine\n');
  desk.shell('/root/web.yaml', 'a: theirs\n');
  expect(fileNamed('web.yaml')).toMatchObject({ text: 'a: mine\n', conflict: 'a: theirs\n' });
  expect(settledForCommand()).toBeUndefined();
  const file = fileNamed('web.yaml');
  if (file) sync.resolve(file, 'mine');
  await Promise.resolve();
  expect(desk.disk.get('/root/web.yaml')).toBe('a: mine\n');
  expect(fileNamed('web.yaml')?.conflict).toBeUndefined();
});

test('the name of a file is its place: renaming writes it there', async () => {
  begin();
  addFile('one.yaml', 'a: 1\n');
  const file = fileNamed('one.yaml');
  expect(file && isUnsaved(file, useAtDesk.getState())).toBe(true);
});

test('kubectl edit has a tab of its own, which goes when the program goes', async () => {
  const { desk, sync } = begin();
  const edit = {
    edit: 'edit-1',
    path: '/tmp/kubectl-edit-42.yaml',
    text: 'kind: Pod\n',
    command: 'kubectl edit pod x',
  };
  desk.ask([edit]);
  const file = fileNamed('kubectl edit pod x');
  expect(file?.waiting).toMatchObject({ edit: 'edit-1', passing: true });
  expect(settledForCommand()).toBeUndefined();
  if (file) await sync.finish(file, true);
  expect(desk.finished).toEqual([['edit-1', 'kind: Pod\n']]);
  desk.ask([]);
  expect(useFiles.getState().files).toEqual([]);
});

test('edit FILE takes the tab that has the file, and leaves it open', () => {
  const { desk } = begin();
  addFile('web.yaml', 'a: 1\n');
  desk.ask([{ edit: 'edit-1', path: '/root/web.yaml', text: 'a: 1\n', command: 'edit /root/web.yaml' }]);
  expect(useFiles.getState().files).toHaveLength(1);
  expect(fileNamed('web.yaml')?.waiting?.passing).toBe(false);
  desk.ask([]);
  expect(fileNamed('web.yaml')?.waiting).toBeUndefined();
});
