import { beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../lab.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
let gnu: Lab;
let busybox: Lab;
beforeAll(async () => {
  gnu = await createLab(settle);
  busybox = await createLab(settle, { image: 'busybox' });
  for (const lab of [gnu, busybox]) {
    lab.fs.mkdir('/d');
    lab.write('/d/a.txt', 'one\ntwo\nthree\n');
    lab.write('/d/b.log', 'x:1:z\ny:22:w\n');
    lab.fs.mkdir('/d/sub');
    lab.write('/d/sub/deep.txt', 'deep two\n');
  }
});

test.each<[string, string]>([
  ['cat a.txt | head -n 2', 'one\ntwo\n'],
  [
    'head -1 a.txt; head -c 5 a.txt; echo; tail -n 1 a.txt; tail -n +2 a.txt; tail -c 4 a.txt; head -n -1 a.txt',
    'one\none\nt\nthree\ntwo\nthree\nree\none\ntwo\n',
  ],
  ['cat -n a.txt', '     1\tone\n     2\ttwo\n     3\tthree\n'],
  ['wc -l a.txt; wc -c < a.txt; cat a.txt | wc -w', '3 a.txt\n14\n3\n'],
  [
    'grep -n two a.txt; grep -c t a.txt; grep -v o a.txt; grep -i ONE a.txt; grep -o "[ot]w*" a.txt',
    '2:two\n2\nthree\none\no\ntw\no\nt\n',
  ],
  [
    'grep -E "^(one|three)$" a.txt; grep -q zzz a.txt; echo $?; grep -rl two . | sort; grep -w tw a.txt; grep -A1 one a.txt',
    'one\nthree\n1\na.txt\nsub/deep.txt\none\ntwo\n',
  ],
  [
    'printf "b\\na\\nb\\n" | sort | uniq -c; printf "10\\n9\\n" | sort -n; printf "a 2\\nb 1\\n" | sort -k2 -r; printf "a\\na\\n" | sort -u',
    '      1 a\n      2 b\n9\n10\na 2\nb 1\na\n',
  ],
  ['cut -d: -f2 b.log; cut -c1-2 a.txt; echo a:b:c | cut -d: -f2-', '1\n22\non\ntw\nth\nb:c\n'],
  [
    'echo hello | tr a-y b-z; echo aabb | tr -s ab; echo a1b2 | tr -d 0-9; echo abc | tr "[:lower:]" "[:upper:]"',
    'ifmmp\nab\nab\nABC\n',
  ],
  [
    'sed s/o/0/ a.txt | head -1; sed -n 2p a.txt; sed "1d;\\$d" a.txt; sed "s/\\(.\\)\\(.\\)/\\2\\1/" a.txt | tail -1',
    '0ne\ntwo\ntwo\nhtree\n',
  ],
  [
    'sed -E "s/(o+)([a-z])/<\\1|\\2>/g" a.txt; echo a.b | sed "s/\\./-/"; sed "/two/,\\$d" a.txt; echo x | sed "s|x|/p|;s/p/&&/"',
    '<o|n>e\ntwo\nthree\na-b\none\n/pp\n',
  ],
  [
    'sed "/one/a after" a.txt | head -2; sed "2i before" a.txt | sed -n 2p; sed "s/t/T/2" <<< tot; sed "y/abc/xyz/" <<< cab; sed -n "/o/=" a.txt',
    'one\nafter\nbefore\ntoT\nzxy\n1\n2\n',
  ],
  [
    'sed ":a;N;\\$!ba;s/\\n/,/g" a.txt; sed -n "\\$=" a.txt; sed "2q" a.txt | wc -l; echo aXb | sed "s/[A-Z]/\\L&/"',
    'one,two,three\n3\n2\naxb\n',
  ],
  ['cp a.txt /tmp/c && sed -i "s/one/1/" /tmp/c && head -1 /tmp/c', '1\n'],
  ['seq 3; seq 2 4; seq 1 2 5 | tail -1; seq -s, 3; seq 3 -1 1 | head -1', '1\n2\n3\n2\n3\n4\n5\n1,2,3\n3\n'],
  ['yes | head -n 2; yes no | head -1', 'y\ny\nno\n'],
  [
    'find . -name "*.txt" | sort; find . -type d; find sub -maxdepth 0; find . -name deep.txt -exec cat {} \\;',
    './a.txt\n./sub/deep.txt\n.\n./sub\nsub\ndeep two\n',
  ],
  [
    'echo a b c | xargs -n1 echo -; printf "x\\ny\\n" | xargs -I{} echo "<{}>"; echo | xargs echo empty',
    '- a\n- b\n- c\n<x>\n<y>\nempty\n',
  ],
  ['basename /a/b.c .c; dirname /a/b/c; basename /; realpath sub/../a.txt', 'b\n/a/b\n/\n/d/a.txt\n'],
  ['mkdir -p /tmp/m/n; touch /tmp/m/f; ls /tmp/m; rm -r /tmp/m; ls /tmp/m 2>/dev/null; echo $?', 'f\nn\n2\n'],
  [
    'cp -r sub /tmp/copy; cat /tmp/copy/deep.txt; mv /tmp/copy /tmp/moved; ls /tmp/moved; ln -s /d/a.txt /tmp/l; readlink /tmp/l; head -1 /tmp/l',
    'deep two\ndeep.txt\n/d/a.txt\none\n',
  ],
  [
    'chmod 600 a.txt; stat -c "%a %s %F" a.txt; chmod u+x,g=r a.txt; stat -c %A a.txt; chmod 644 a.txt',
    '600 14 regular file\n-rwxr-----\n',
  ],
  [
    'echo hello | sha256sum; echo hello | md5sum; printf abc | sha1sum',
    '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  -\nb1946ac92492d2347c6235b4d2611184  -\na9993e364706816aba3e25717850c26c9cd0d89d  -\n',
  ],
  ['echo hello | base64; echo aGVsbG8K | base64 -d; printf "%s" admin | base64', 'aGVsbG8K\nhello\nYWRtaW4=\n'],
  [
    'tar cf - a.txt sub | tar tf -; mkdir /tmp/x; tar cf - -C /d a.txt | tar xf - -C /tmp/x; cat /tmp/x/a.txt | wc -l',
    'a.txt\nsub/\nsub/deep.txt\n3\n',
  ],
  ['tar cf - sub | tar xmf - -C /tmp; ls /tmp/sub', 'deep.txt\n'],
  ['env -i A=1 env; env A=2 printenv A; printenv NOPE; echo $?', 'A=1\n2\n1\n'],
  [
    'date +%Y-%m-%d; date -d @0 -u "+%F %T"; date -u',
    '2026-01-01\n1970-01-01 00:00:00\nThu Jan  1 00:00:00 UTC 2026\n',
  ],
  ['id; whoami; hostname; uname; uname -m', 'uid=0(root) gid=0(root) groups=0(root)\nroot\nlab\nLinux\nx86_64\n'],
  ['timeout 1 sleep 5; echo $?; timeout 5 true; echo $?', '124\n0\n'],
  ['echo a | tee /tmp/t1 /tmp/t2; cat /tmp/t1 /tmp/t2', 'a\na\na\n'],
  [
    'printf "1\\n2\\n3\\n" | paste -s -d+; tac a.txt | head -1; echo abc | rev; nl a.txt | head -1',
    '1+2+3\nthree\ncba\n     1\tone\n',
  ],
  [
    'which cat; test -f a.txt && echo yes; /usr/bin/test 1 = 2; echo $?; /usr/bin/[ a = a ] && echo ok',
    '/usr/bin/cat\nyes\n1\nok\n',
  ],
  ['dd if=/dev/zero bs=1k count=3 2>/dev/null | wc -c; head -c 100 /dev/urandom | wc -c; cat /dev/null', '3072\n100\n'],
  ['truncate -s 10 /tmp/tr; stat -c %s /tmp/tr; mktemp -d | grep -c /tmp/tmp', '10\n1\n'],
  ['du -s sub | cut -f2; df / | tail -1 | grep -c overlay', 'sub\n1\n'],
])('%s', async (script, stdout) => {
  const result = await gnu.run(['bash', '-c', script], { cwd: '/d' });
  expect(result.stderr.replace(/\d+ bytes.*/s, '')).toBe('');
  expect(result.stdout).toBe(stdout);
});

test.each<[string, string, number]>([
  ['cat nope', 'cat: nope: No such file or directory\n', 1],
  ['cat sub', 'cat: sub: Is a directory\n', 1],
  ['ls nope', "ls: cannot access 'nope': No such file or directory\n", 2],
  ['rm nope', "rm: cannot remove 'nope': No such file or directory\n", 1],
  ['rm sub', "rm: cannot remove 'sub': Is a directory\n", 1],
  [
    'rm -rf /',
    "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
    1,
  ],
  ['mkdir sub', "mkdir: cannot create directory 'sub': File exists\n", 1],
  ['rmdir sub', "rmdir: failed to remove 'sub': Directory not empty\n", 1],
  ['cp nope x', "cp: cannot stat 'nope': No such file or directory\n", 1],
  ['cp sub x', "cp: -r not specified; omitting directory 'sub'\n", 1],
  ['mv nope x', "mv: cannot stat 'nope': No such file or directory\n", 1],
  ['touch /no/where', "touch: cannot touch '/no/where': No such file or directory\n", 1],
  ['head -z a.txt', "head: invalid option -- 'z'\nTry 'head --help' for more information.\n", 1],
  ['sleep x', "sleep: invalid time interval 'x'\nTry 'sleep --help' for more information.\n", 1],
  ['vi a.txt', 'vi: full-screen editors are not simulated here; use the editor pane, or sed and here-documents\n', 1],
])('%s fails as GNU does', async (script, stderr, code) => {
  expect(await gnu.run(['bash', '-c', script], { cwd: '/d' })).toEqual({ stdout: '', stderr, code });
});

test.each<[string, string, string, number]>([
  ['cat nope', '', "cat: can't open 'nope': No such file or directory\n", 1],
  ['ls nope', '', 'ls: nope: No such file or directory\n', 1],
  ['rm sub', '', "rm: 'sub' is a directory\n", 1],
  ['ps | head -1', 'PID   USER     TIME  COMMAND\n', '', 0],
  ['wc a.txt', '        3         3        14 a.txt\n', '', 0],
  ['busybox cat a.txt | busybox head -n 1', 'one\n', '', 0],
  ['timeout 1 sleep 3; echo $?', '143\n', 'Terminated\n', 0],
])('busybox: %s', async (script, stdout, stderr, code) => {
  const result = await busybox.run(['sh', '-c', script], { cwd: '/d' });
  if (script.startsWith('ps')) expect(result.stdout.trim().split(/\s+/)).toEqual(stdout.trim().split(/\s+/));
  else if (script.startsWith('wc')) expect(result.stdout.trim().split(/\s+/)).toEqual(stdout.trim().split(/\s+/));
  else expect(result.stdout).toBe(stdout);
  if (!script.startsWith('timeout')) expect([result.stderr, result.code]).toEqual([stderr, code]);
});

test('ls -l', async () => {
  const { stdout } = await gnu.run(['ls', '-la', '/d']);
  expect(stdout.split('\n').slice(0, 3).join('\n')).toMatch(
    /^total \d+\ndrwxr-xr-x 2 root root 4096 Jan {2}1 00:0\d \.\ndrwxr-xr-x 2 root root 4096 Jan {2}1 \S+ \.\.$/,
  );
  expect(stdout).toMatch(/-rw-r--r-- 1 root root {3}14 Jan {2}1 00:0\d a\.txt\n/);
});

test('tail -f shows what is appended until it is interrupted', async () => {
  const follower = gnu.start(['tail', '-f', '/d/a.txt']);
  await gnu.loop.runUntil(gnu.loop.now() + 100);
  gnu.write('/d/a.txt', 'one\ntwo\nthree\nfour\n');
  await gnu.loop.runUntil(gnu.loop.now() + 2000);
  expect(follower.output()).toBe('one\ntwo\nthree\nfour\n');
  follower.kill('SIGTERM');
  expect(follower.status()).toBeUndefined();
  await gnu.loop.settle();
  expect(follower.status()).toEqual({ code: 143, signal: 'SIGTERM' });
  gnu.write('/d/a.txt', 'one\ntwo\nthree\n');
});

test('a disk fills up and says so', async () => {
  const result = await gnu.run(['bash', '-c', 'cat /dev/zero > /tmp/full']);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('No space left on device');
});
