import { expect, test } from 'vitest';
import { createLab } from '../lab.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const bashAt = async () => {
  const lab = await createLab(settle);
  return { lab, ...(await lab.terminal(['bash'])) };
};
const PROMPT = 'root@lab:~# ';

test('prompt, echo, command, prompt', async () => {
  const { type } = await bashAt();
  expect(await type('')).toBe(PROMPT);
  expect(await type('echo hi\r')).toBe(`echo hi\r\x1b[J${PROMPT}echo hi\r\x1b[19C\r\nhi\r\n${PROMPT}`);
});

test.each<[string, string, string]>([
  ['backspace', 'echo hix\x7f\r', 'hi'],
  ['left and insert', 'echo ac\x1b[Db\r', 'abc'],
  ['home, end', 'cho z\x01e\x05!\r', 'z!'],
  ['kill and yank', 'echo one two\x17\x19 x\r', 'one two x'],
  ['kill line', 'garbage\x15echo ok\r', 'ok'],
  ['history', 'echo first\recho second\r\x1b[A\x1b[A\r', 'first'],
  ['reverse search', 'echo needle\recho hay\r\x12need\r', 'needle'],
  ['completion of a command', 'ech\tdone\r', 'done'],
  ['completion of a path', 'cd /usr/loc\t\rpwd\r', '/usr/local'],
  ['continuation', 'for i in 1 2; do\recho n$i\rdone\r', 'n2'],
  ['unfinished quote', 'echo "a\rb"\r', 'b'],
  ['here-document', 'read x <<EOF\rtext\rEOF\recho got $x\r', 'got text'],
])('%s', async (_, keys, last) => {
  const { type } = await bashAt();
  await type('');
  const lines = (await type(keys, 2000)).split('\r\n');
  expect(lines.at(-2)).toBe(last);
});

test.each([
  ['sleep 1000'],
  ['while :; do :; done'],
  ['read x'],
  ['for ((;;)); do sleep 1; done'],
  ['cat'],
  ['yes > /dev/null'],
  ['tail -f /etc/passwd'],
  ['f() { f; }; f | f; sleep 99'],
  ['(while :; do :; done)'],
  ['while :; do sleep 1; done | cat'],
  ['echo $(sleep 1000)'],
  ['wait', 'sleep 1000 &\r'],
])('Ctrl-C interrupts %s', async (command, before = '') => {
  const { type, status } = await bashAt();
  await type(before);
  await type(`${command}\r`, 3000);
  const after = await type('\x03', 1000);
  expect(after).toContain('^C');
  expect(after.endsWith(PROMPT)).toBe(true);
  expect((await type('echo $?\r', 500)).split('\r\n').at(-2)).toBe('130');
  expect(status()).toBeUndefined();
});

test('Ctrl-C at the prompt drops the line, Ctrl-D ends the shell', async () => {
  const { type, status } = await bashAt();
  await type('');
  await type('garbage');
  expect(await type('\x03')).toBe(`^C\r\n${PROMPT}`);
  await type('exit 3\r');
  expect(status()).toEqual({ code: 3 });
  const second = await bashAt();
  await second.type('');
  expect(await second.type('\x04')).toBe('exit\r\n');
  expect(second.status()).toEqual({ code: 0 });
});

test('background jobs survive Ctrl-C and are reported', async () => {
  const { type } = await bashAt();
  await type('');
  expect((await type('sleep 5 &\r')).includes('[1] ')).toBe(true);
  await type('sleep 100\r');
  await type('\x03');
  expect(await type('jobs\r')).toContain('[1]+  Running                 sleep 5 &');
  await type('', 6000);
  expect(await type('\r')).toContain('[1]+  Done                    sleep 5');
});

test('clear screen, errors without a line number', async () => {
  const { type } = await bashAt();
  await type('');
  expect(await type('\x0c')).toContain('\x1b[H\x1b[2J');
  expect(await type('nope\r')).toContain('bash: nope: command not found');
});

test('the client goes away: the shell ends', async () => {
  const { tty, type, status, lab } = await bashAt();
  await type('sleep 1000\r');
  tty.hangup();
  await lab.loop.runUntil(lab.loop.now() + 100);
  expect(status()?.code).toBeGreaterThan(0);
  expect(lab.group.processes().map(({ argv }) => argv[0])).toEqual(['pause']);
});

test('busybox prompt', async () => {
  const lab = await createLab(settle, { image: 'busybox' });
  const { type } = await lab.terminal(['sh']);
  expect(await type('')).toBe('~ # ');
});
