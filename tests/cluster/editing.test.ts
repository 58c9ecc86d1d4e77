/** `edit FILE` and `kubectl edit` in a terminal with an editor beside it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenEdit } from '#engine/cluster';
import { Lab } from './lab.ts';

let lab: Lab;
let screen = '';
let terminals = 0;

beforeAll(async () => {
  lab = await Lab.boot({ shape: 'hollow', nodes: 1 });
  await lab.ok('kubectl create deployment web --image=nginx');
}, 60_000);
afterAll(() => lab.stop());

/** A fresh terminal; what it shows is in `screen`. */
async function open(editor = true): Promise<(text: string, seconds?: number) => Promise<string>> {
  const terminal = `t${++terminals}`;
  const { output } = await lab.settled(lab.cluster.openTerminal(terminal, { columns: 80, rows: 24, editor }));
  const decoder = new TextDecoder();
  screen = '';
  output
    .forEach((bytes) => {
      screen += decoder.decode(bytes, { stream: true });
    })
    .catch(() => undefined);
  await lab.pass(1);
  return async (text, seconds = 2) => {
    screen = '';
    await lab.settled(lab.cluster.submit({ type: 'terminal.input', terminal, text }));
    await lab.pass(seconds);
    return screen;
  };
}

const waiting = (): OpenEdit => {
  const [edit] = lab.cluster.desk.edits();
  if (!edit) throw new Error(`nothing is being edited:\n${screen}`);
  return edit;
};

async function save(change: ((text: string) => string) | undefined): Promise<void> {
  const { edit, text } = waiting();
  screen = '';
  await lab.settled(lab.cluster.submit({ type: 'editor.saved', edit, ...(change && { text: change(text) }) }));
  await lab.pass(2);
}

test('kubectl edit: what is saved is sent, and what is refused comes back with the reasons', async () => {
  const type = await open();
  await type('kubectl edit deployment web\r');
  expect(waiting().command).toBe('kubectl edit deployment web');
  expect(waiting().text).toMatch(/^# Please edit the object below\./);
  await save((text) => text.replace('replicas: 1', 'replicas: -1'));
  expect(screen).toContain('error: deployments.apps "web" is invalid');
  const again = waiting();
  expect(again.text).toContain(
    '# deployments.apps "web" was not valid:\n# * spec.replicas: Invalid value: -1: must be greater than or equal to 0\n#\n',
  );
  expect(again.text).toContain('replicas: -1');
  await save((text) => text.replace('replicas: -1', 'replicas: 2'));
  expect(screen).toContain('deployment.apps/web edited');
  expect(lab.cluster.desk.edits()).toEqual([]);
  expect(await lab.ok('kubectl get deployment web -o jsonpath={.spec.replicas}')).toBe('2');
});

test('closed without saving, and saved without a change', async () => {
  const type = await open();
  await type('kubectl edit deployment/web\r');
  await save(undefined);
  expect(screen).toContain('Edit cancelled, no changes made.');
  await type('kubectl edit deployment/web\r');
  await save((text) => `# only a comment\n${text}`);
  expect(screen).toContain('Edit cancelled, no changes made.');
});

test('given up after a refusal: the copy is kept', async () => {
  const type = await open();
  await type('kubectl edit deployment web\r');
  await save((text) => text.replace('kind:', 'knd:'));
  await save((text) => text);
  const [, path = ''] = /A copy of your changes has been stored to "([^"]+)"/.exec(screen) ?? [];
  expect(screen).toContain('error: Edit cancelled, no valid changes were saved.');
  expect(lab.cluster.desk.read(path)).toContain('knd: Deployment');
});

test('edit FILE makes a file that the shell has', async () => {
  const type = await open();
  await type('edit pod.yaml\r');
  expect(waiting()).toMatchObject({ path: '/root/pod.yaml', text: '', command: 'edit /root/pod.yaml' });
  await save(() => 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: made\n');
  expect(await type('kubectl apply -f pod.yaml\r')).toContain('configmap/made created');
  expect(lab.cluster.desk.list('/root')).toContainEqual({ path: '/root/pod.yaml', directory: false, size: 54 });
});

test('Ctrl-C gives up; the editor hears of it', async () => {
  const type = await open();
  await type('vi notes.txt\r');
  expect(waiting().path).toBe('/root/notes.txt');
  await type('\x03');
  expect(lab.cluster.desk.edits()).toEqual([]);
  expect(lab.cluster.desk.read('/root/notes.txt')).toBeUndefined();
});

test('without a page it says so', async () => {
  const type = await open(false);
  expect(await type('edit x\r')).toContain('edit: there is no editor here: this shell has no page beside it.');
  expect(await type('kubectl edit deployment web\r')).toContain('error: there was a problem with the editor "vi"');
  expect((await lab.sh('edit')).stderr).toBe('edit: which file? Usage: edit FILE\n');
});

test('the page writes files: the shell has them', async () => {
  await lab.settled(
    lab.cluster.submit({
      type: 'file.saved',
      path: '/root/k8s/cm.yaml',
      text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: saved}\n',
    }),
  );
  expect(await lab.ok('kubectl apply -f k8s/cm.yaml')).toBe('configmap/saved created\n');
  const mark = lab.cluster.desk.mark('/root/k8s/cm.yaml');
  await lab.pass(1);
  await lab.ok('sed -i s/saved/again/ k8s/cm.yaml');
  expect(lab.cluster.desk.mark('/root/k8s/cm.yaml')).not.toBe(mark);
});
