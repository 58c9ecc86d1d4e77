import { expect, test } from 'vitest';
import { createLab } from '../lab.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
/** Without colours, and without the marks that switch bracketed paste on and off. */
const MARKS = ['\x1b[?2004h', '\x1b[?2004l', '\x1b[0m', '\x1b[32m', '\x1b[34m'];
const plain = (screen: string) => MARKS.reduce((text, mark) => text.replaceAll(mark, ''), screen);
const bashAt = async () => {
  const lab = await createLab(settle);
  const terminal = await lab.terminal(['bash']);
  const type = async (keys: string, ms?: number) => plain(await terminal.type(keys, ms));
  return { lab, ...terminal, type, raw: terminal.type };
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

test.each<[string, string, string]>([
  ['wide characters', 'echo 世界x\x1b[D\x7f\x7f你\r', '你x'],
  ['words are letters and digits', 'echo one/two\x1b\x7f3\r', 'one/3'],
  ['Ctrl-W takes all up to the blank', 'echo ok one/two\x17\r', 'ok'],
  ['cuts in a row are one', 'echo a b c\x17\x17\x19\r', 'a b c'],
  ['undo', 'echo a bb\x17\x1f\r', 'a bb'],
  ['Alt-. brings the last argument', 'echo one\recho \x1b.\r', 'one'],
  ['!!', 'echo again\r!!\r', 'again'],
  ['no history inside a here-document', 'read x <<EOF\r<!doctype html>\rEOF\recho got "$x"\r', 'got <!doctype html>'],
  ['!$ and !word', 'echo far\recho !$ away\r!echo\r', 'far away'],
  ['no event in single quotes', "echo 'wow!!'\r", 'wow!!'],
  ['failed search leaves what was found', 'echo needle\r\x12needX\r', 'needle'],
  ['search goes further back', 'echo aa1\recho aa2\r\x12aa\x12\r', 'aa1'],
  ['Ctrl-G gives up', 'echo lost\r\x12los\x07echo kept\r', 'kept'],
  ['a variable', 'LONGNAME=7\recho $LONGN\t\r', '7'],
  ['a name with a blank', 'touch "a file"\rls a\t\r', 'a file'],
  ['behind a pipe and a redirection', 'echo x > /tmp/out.txt\rcat < /tmp/ou\t | catt\x7f\r', 'x'],
  ['directories only', 'touch dino\rmkdir dir\rcd di\t\rpwd\r', '/root/dir'],
  ['a pasted newline is no Enter', '\x1b[200~echo one\necho two\x1b[201~\x15echo none\r', 'none'],
  ['what was pasted runs with Enter', '\x1b[200~echo one\necho two\x1b[201~\r', 'two'],
])('%s', async (_, keys, last) => {
  const { type } = await bashAt();
  await type('');
  const lines = (await type(keys, 2000)).split('\r\n');
  expect(lines.at(-2)).toBe(last);
});

test('a paste of 300 lines is drawn once', async () => {
  const { raw } = await bashAt();
  await raw('');
  const text = Array.from({ length: 300 }, (_, i) => `echo ${i}`).join('\n');
  const drawn = await raw(`\x1b[200~${text}\x1b[201~`);
  expect(drawn.length).toBeLessThan(2 * text.length);
  expect((await raw('\r', 20_000)).split('\r\n')).toContain('299');
});

test('a long line over several rows: the cursor finds its place', async () => {
  const { tty, type } = await bashAt();
  tty.resize(20, 10);
  await type('');
  await type(`echo ${'x'.repeat(30)}`);
  // Two rows up to the prompt, then to the right of it.
  expect(await type('\x01')).toContain('\x1b[2A\r\x1b[12C');
  expect((await type('\r')).split('\r\n').at(-2)).toBe('x'.repeat(30));
});

test('Tab twice lists in columns; more than a hundred only when asked', async () => {
  const { lab, type } = await bashAt();
  await type('');
  lab.fs.mkdir('/root/many');
  for (const name of ['beta', 'alpha', 'gamma']) lab.write(`/root/many/${name}`, '');
  await type('cat many/\t');
  expect(await type('\t')).toContain('\r\nalpha  beta   gamma\r\n');
  for (let i = 0; i < 120; i++) lab.write(`/root/many/n${i}`, '');
  expect(await type('\t')).toContain('Display all 123 possibilities? (y or n)');
  expect(await type('n')).not.toContain('alpha');
});

test('the history outlives the shell', async () => {
  const { lab, type } = await bashAt();
  await type("PROMPT_COMMAND='history -a'\recho remembered\r", 500);
  const { type: next } = await lab.terminal(['bash']);
  await next('');
  expect(
    plain(await next('\x12remem\r', 500))
      .split('\r\n')
      .at(-2),
  ).toBe('remembered');
  expect(await next('history 2\r', 500)).toContain('echo remembered');
});

test('resizing draws the line again', async () => {
  const { lab, tty, type } = await bashAt();
  await type('echo hello');
  tty.resize(40, 10);
  await lab.loop.runUntil(lab.loop.now() + 10);
  expect(await type('')).toContain(`${PROMPT}echo hello`);
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
