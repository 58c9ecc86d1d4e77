import { expect, test } from 'vitest';
import { createLab } from '../lab.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const bash = async (script: string) => (await createLab(settle)).run(['bash', '-c', script]);

test.each<[string, string, string]>([
  ['words', `echo a  b "c  d" 'e $x' f\\ g`, 'a b c  d e $x f g\n'],
  ['variables', 'x=1; y="$x 2"; echo $x "$y" ${y}z', '1 1 2 1 2z\n'],
  ['splitting', `x="a  b"; echo $x; echo "$x"; IFS=:; y=a:b; echo $y`, 'a b\na  b\na b\n'],
  ['empty words vanish', 'x=; set -- $x "$x" a; echo $#', '2\n'],
  [
    '"$@" keeps words',
    'set -- "a b" c; for x in "$@"; do echo "<$x>"; done; for x in $*; do echo "($x)"; done',
    '<a b>\n<c>\n(a)\n(b)\n(c)\n',
  ],
  ['"$*"', 'set -- a b; IFS=-; echo "$*"', 'a-b\n'],
  ['command substitution', 'echo "$(echo a; echo b)" `echo c` $(echo "d  e")', 'a\nb c d e\n'],
  ['nested substitution', 'echo $(echo $(echo `echo deep`))', 'deep\n'],
  [
    'arithmetic',
    'i=3; echo $((i*2+1)) $((i++)) $i $((2**10)) $((7/2)) $((-7%3)) $((1<<4)) $((i>3?10:20)) $((0x1f)) $((010))',
    '7 3 4 1024 3 -1 16 10 31 8\n',
  ],
  ['arithmetic command', 'i=0; while ((i<3)); do ((i++)); done; echo $i; ((0)) || echo zero', '3\nzero\n'],
  ['64 bits wrap', 'echo $((9223372036854775807+1))', '-9223372036854775808\n'],
  [
    'defaults',
    'unset x; echo ${x:-d} ${x-e}; y=; echo "${y:-f}" "${y-g}" ${z:=h} $z ${y:+i} ${z:+j}',
    'd e\nf  h h j\n',
  ],
  ['removal', 'f=/a/b.c.d; echo ${f#*/} ${f##*/} ${f%.*} ${f%%.*} ${#f}', 'a/b.c.d b.c.d /a/b.c /a/b 8\n'],
  ['replacement', 'x=banana; echo ${x/a/o} ${x//a/o} ${x/#b/c} ${x/%a/i} ${x//an}', 'bonana bonono canana banani ba\n'],
  [
    'slices',
    'x=abcdef; echo ${x:2} ${x:1:3} ${x: -2} ${x:0:-1}; set -- a b c; echo ${@:2} ${@:1:2}',
    'cdef bcd ef abcde\nb c a b\n',
  ],
  ['case', 'x=hello; echo ${x^} ${x^^} ${x^^[el]}; y=ABC; echo ${y,,} ${y,}', 'Hello HELLO hELLo\nabc aBC\n'],
  ['indirect', 'a=b; b=c; echo ${!a}; abc=1 abd=2; echo ${!ab*}', 'c\nabc abd\n'],
  [
    'arrays',
    'a=(x "y z" w); echo ${a[1]} ${#a[@]} ${a[-1]} ${!a[@]}; a+=(v); a[10]=t; echo "${a[@]}" ${#a[1]}; for i in "${a[@]:1:2}"; do echo "<$i>"; done',
    'y z 3 w 0 1 2\nx y z w v t 3\n<y z>\n<w>\n',
  ],
  [
    'associative arrays',
    'declare -A m=([one]=1 [two]="2 2"); m[three]=3; echo ${m[two]} ${#m[@]}; k=one; echo ${m[$k]}; for k in "${!m[@]}"; do echo $k; done',
    '2 2 3\n1\none\ntwo\nthree\n',
  ],
  [
    'braces',
    'echo {a,b}{1,2} {1..4} {a..c} x{,y}z {01..03} {5..1..2}',
    'a1 a2 b1 b2 1 2 3 4 a b c xz xyz 01 02 03 5 3 1\n',
  ],
  ['quoted braces stay', `echo "{a,b}" {a} '{1..2}'`, '{a,b} {a} {1..2}\n'],
  ['tilde', 'echo ~ ~/x "~"; HOME=/h; echo ~', '/root /root/x ~\n/h\n'],
  ['if', 'if [ 1 -eq 2 ]; then echo a; elif [[ abc == a* ]]; then echo b; else echo c; fi', 'b\n'],
  ['for and break', 'for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done', '1\n3\n'],
  ['nested break', 'for i in 1 2; do for j in 1 2; do break 2; done; echo never; done; echo end', 'end\n'],
  [
    'while and until',
    'i=0; while [ $i -lt 2 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i',
    '0\n1\n0\n',
  ],
  ['C style for', 'for ((i=0;i<3;i++)); do echo -n $i; done; echo', '012\n'],
  [
    'case',
    'for x in apple bob 12 zz; do case $x in a*) echo A;; b?b|c) echo B;; [0-9]*) echo N;; *) echo other;; esac; done',
    'A\nB\nN\nother\n',
  ],
  [
    'case falls through',
    'case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case a in a) echo 1;;& *) echo 2;; esac',
    '1\n2\n1\n2\n',
  ],
  ['functions', 'f() { local x=2; echo $1 $x $#; return 3; }; x=1; f a b; echo $? $x', 'a 2 2\n3 1\n'],
  [
    'recursion',
    'fact() { if (( $1 <= 1 )); then echo 1; else echo $(( $1 * $(fact $(( $1 - 1 ))) )); fi; }; fact 10',
    '3628800\n',
  ],
  ['subshell keeps its changes', 'x=1; (x=2; cd /tmp; echo $x $PWD); echo $x $PWD', '2 /tmp\n1 /\n'],
  [
    'pipes',
    'echo "b\na" | while read x; do echo "<$x>"; done; printf "1\\n2\\n" | { read a; read b; echo $b$a; }',
    '<b>\n<a>\n21\n',
  ],
  ['pipe status', 'false | true; echo $? ${PIPESTATUS[@]}; set -o pipefail; false | true; echo $?', '0 1 0\n1\n'],
  ['negation', '! true; echo $?; ! false; echo $?', '1\n0\n'],
  ['and or', 'true && echo a || echo b; false && echo c || echo d', 'a\nd\n'],
  [
    'here-document',
    'x=1; read a <<EOF\n$x $(echo 2) \\$x\nEOF\necho "$a"; read b <<\'E\'\n$x\nE\necho "$b"',
    '1 2 $x\n$x\n',
  ],
  ['here-document without tabs', 'while read l; do echo "<$l>"; done <<-EOF\n\ta\n\t b\n\tEOF\n', '<a>\n<b>\n'],
  ['here-string', 'read a b <<< "one two three"; echo $b', 'two three\n'],
  [
    'redirection',
    'echo a > /tmp/f; echo b >> /tmp/f; { read x; read y; } < /tmp/f; echo $y$x; echo $(</tmp/f)',
    'ba\na b\n',
  ],
  [
    'descriptors',
    'exec 3>/tmp/o; echo x >&3; exec 3>&-; echo $(</tmp/o); { echo e >&2; echo o; } 2>/dev/null; { echo e >&2; } 2>&1',
    'x\no\ne\n',
  ],
  [
    'both streams',
    '{ echo o; echo e >&2; } &> /tmp/both; while read l; do echo "[$l]"; done < /tmp/both',
    '[o]\n[e]\n',
  ],
  [
    'read',
    `echo "a:b:c d" | { IFS=: read x y; echo "$x|$y"; }; printf 'a\\\\b\\n' | { read -r l; echo "$l"; }; printf 'no newline' | { read l; echo $? "$l"; }`,
    'a|b:c d\na\\b\n1 no newline\n',
  ],
  [
    'read -a -d -n',
    'read -a w <<< "x y z"; echo ${w[2]}; printf "a,b" | { read -d , v; echo $v; }; printf abcdef | { read -n 3 v; echo $v; }',
    'z\na\nabc\n',
  ],
  [
    'printf',
    `printf '%s-%d|%5s|%-5s|%05d|%x|%.2f|%c|%%\\n' a 42 b c 7 255 3.14159 xyz; printf '%s\\n' 1 2 3; printf '%b' 'a\\tb\\n'; printf '%q\\n' "a b"`,
    "a-42|    b|c    |00007|ff|3.14|x|%\n1\n2\n3\na\tb\n'a b'\n",
  ],
  ['echo -e', `echo -e 'a\\tb\\x41\\0101'; echo -n x; echo -E 'a\\n'`, 'a\tbAA\nxa\\n\n'],
  [
    'test',
    '[ -z "" ] && [ -n a ] && [ a != b ] && [ -d /tmp ] && [ ! -e /nope ] && [ 3 -gt 2 -a 1 -le 1 ] && echo yes',
    'yes\n',
  ],
  ['regex', '[[ "foo-12" =~ ^([a-z]+)-([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}', 'foo 12\n'],
  ['logic in [[', '[[ -n a && ( 1 -eq 2 || b < c ) && ! -e /x ]] && echo ok', 'ok\n'],
  [
    'globs',
    'cd /tmp; : > a.txt; : > b.txt; : > .h; echo *.txt *.nope; echo "*.txt"; echo [ab].txt',
    'a.txt b.txt *.nope\n*.txt\na.txt b.txt\n',
  ],
  ['eval', `x='echo "a b"'; eval $x; eval "y=3"; echo $y`, 'a b\n3\n'],
  ['source', 'echo "z=5; return 4; z=6" > /tmp/s; . /tmp/s; echo $? $z', '4 5\n'],
  ['set and shift', 'set -- a b c; shift; echo $1 $#; shift 2; echo $#', 'b 2\n0\n'],
  [
    'getopts',
    'f() { while getopts "ab:" o; do echo $o $OPTARG; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b x -ab y z',
    'a\nb x\na\nb y\nrest z\n',
  ],
  ['trap EXIT', 'trap "echo bye $?" EXIT; echo hi; exit 3', 'hi\nbye 0\n'],
  ['trap signal', 'trap "echo got" USR1; kill -USR1 $$; echo after', 'got\nafter\n'],
  ['background and wait', '{ echo bg; exit 5; } & wait $!; echo $?', 'bg\n5\n'],
  ['set -e', 'set -e; false || echo ok; if false; then :; fi; ! true; echo still; false; echo never', 'ok\nstill\n'],
  ['set -u', 'set -u; echo ${x:-fine}; echo $x; echo never', 'fine\n'],
  ['export to children', `export A=1; B=2; bash -c 'echo $A $B'; C=3 bash -c 'echo $C'; echo $C`, '1\n3\n\n'],
  ['arguments of -c', '', ''],
  ['alias', 'shopt -s expand_aliases\nalias hi="echo hello"\nhi there', 'hello there\n'],
  [
    'type and command',
    'f() { :; }; type -t f echo if; command -v echo; command -v nope; echo $?',
    'function\nbuiltin\nkeyword\necho\n1\n',
  ],
  ['process substitution', 'while read l; do echo "<$l>"; done < <(echo a; echo b)', '<a>\n<b>\n'],
  ['local scope is dynamic', 'g() { echo $v; }; f() { local v=in; g; }; v=out; f; g', 'in\nout\n'],
  ['mapfile', 'mapfile -t l <<< $(printf "a\\nb"); echo ${#l[@]} ${l[0]}', '2 a\n'],
  ['unicode', 'x=héllo; echo ${#x} ${x:1:1} ${x^^}', '5 é HÉLLO\n'],
  ['comments and continuation', '# no\necho a \\\n  b # c', 'a b\n'],
  [
    'quoted pattern is literal',
    'x="a*b"; case $x in "a*b") echo lit;; esac; p="a*"; case abc in "$p") echo no;; $p) echo pat;; esac',
    'lit\npat\n',
  ],
  [
    'nameless here-doc in function',
    'f() {\ncat_() { while read x; do echo $x; done; }\ncat_ <<EOF\nin $1\nEOF\n}\nf y',
    'in y\n',
  ],
  ['let and declare -i', 'let x=2+3 y=x*2; echo $x $y; declare -i n=3; n+=4; echo $n', '5 10\n7\n'],
  ['xtrace', 'set -x; echo a "b c" 2>/dev/null', 'a b c\n'],
  ['seconds and random', '[ $RANDOM -ne $RANDOM ] && echo $SECONDS', '0\n'],
])('%s', async (_, script, stdout) => {
  expect((await bash(script)).stdout).toBe(stdout);
});

test.each<[string, string, string, number]>([
  ['bash', 'foo', 'bash: line 1: foo: command not found\n', 127],
  ['bash', '\n\n/nope', 'bash: line 3: /nope: No such file or directory\n', 127],
  ['bash', '/tmp', 'bash: line 1: /tmp: Is a directory\n', 126],
  ['bash', 'echo x > /f; /f', 'bash: line 1: /f: Permission denied\n', 126],
  ['bash', 'cd /nope', 'bash: line 1: cd: /nope: No such file or directory\n', 1],
  ['bash', ': < /nope', 'bash: line 1: /nope: No such file or directory\n', 1],
  ['bash', 'echo )', "bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo )'\n", 2],
  ['bash', 'echo "a', 'bash: -c: line 1: unexpected EOF while looking for matching `"\'\n', 2],
  ['bash', 'if true', 'bash: -c: line 1: syntax error: unexpected end of file\n', 2],
  ['bash', 'set -u; echo $x', 'bash: line 1: x: unbound variable\n', 1],
  ['bash', 'echo $((1/0))', 'bash: line 1: division by 0\n', 1],
  ['bash', 'readonly r=1; r=2', 'bash: line 1: r: readonly variable\n', 1],
  ['bash', ': ${x:?is needed}', 'bash: line 1: x: is needed\n', 127],
  ['bash', '[ a -eq 1 ]', 'bash: line 1: [: a: integer expression expected\n', 2],
  ['bash', 'exit 300', '', 44],
  ['bash', 'kill -9 $$', '', 137],
  ['bash', 'bash -c "kill -TERM \\$\\$"', 'bash: line 1: ', 143],
  ['dash', 'foo', 'dash: 1: foo: not found\n', 127],
  ['dash', 'cd /nope', "dash: 1: cd: can't cd to /nope\n", 2],
  ['dash', 'echo "a', 'dash: 1: Syntax error: Unterminated quoted string\n', 2],
  ['dash', 'set -u; echo $x', 'dash: 1: x: parameter not set\n', 2],
])('%s -c %j', async (shell, script, stderr, code) => {
  const result = await (await createLab(settle)).run([shell, '-c', script]);
  expect(result.code).toBe(code);
  if (!script.includes('TERM')) expect(result.stderr).toBe(stderr);
});

test.each<[string, string, number]>([
  ['foo', 'sh: foo: not found\n', 127],
  ['/tmp', 'sh: /tmp: Permission denied\n', 126],
  ['echo hi; exit 7', '', 7],
  [': < /nope', "sh: can't open /nope: no such file\n", 1],
])('busybox sh -c %j', async (script, stderr, code) => {
  const result = await (await createLab(settle, { image: 'busybox' })).run(['sh', '-c', script]);
  expect([result.stderr, result.code]).toEqual([stderr, code]);
});

test('positional parameters of -c, scripts and the standard input', async () => {
  const lab = await createLab(settle);
  expect((await lab.run(['bash', '-c', 'echo $0 $1 $#', 'name', 'a', 'b'])).stdout).toBe('name a 2\n');
  lab.write('/script', '#!/bin/bash\necho "$0 $1"\nnope\nexit 4\n', 0o755);
  expect(await lab.run(['/script', 'x'])).toEqual({
    stdout: '/script x\n',
    stderr: '/script: line 3: nope: command not found\n',
    code: 4,
  });
  lab.write('/plain', 'echo plain $1\n', 0o755);
  expect((await lab.run(['bash', '-c', '/plain y'])).stdout).toBe('plain y\n');
  expect(
    (await lab.run(['bash'], { stdin: 'read x\nfor this\necho "got $x"\nif true; then\necho multi\nfi\n' })).stdout,
  ).toBe('got for this\nmulti\n');
  expect((await lab.run(['bash', '-s', 'arg'], { stdin: 'echo $1' })).stdout).toBe('arg\n');
  expect(await lab.run(['bash', '/missing'])).toMatchObject({
    stderr: 'bash: /missing: No such file or directory\n',
    code: 127,
  });
});

test.each([
  ['while :; do :; done'],
  ['f() { f; }; f & while true; do true; done'],
  ['for ((;;)); do x=$((x+1)); done'],
  ['x() { x | x & }; x; while :; do :; done'],
  ['while true; do echo $(echo x) >/dev/null; done'],
  ['until false; do continue; done'],
])('%s neither hangs the engine nor survives a kill', async (script) => {
  const lab = await createLab(settle, { group: { maxProcesses: 40 } });
  const started = lab.start(['bash', '-c', script]);
  await lab.loop.runUntil(lab.loop.now() + 500);
  expect(started.status()).toBeUndefined();
  expect(lab.group.processes().length).toBeLessThanOrEqual(40);
  lab.group.killAll();
  await lab.loop.runUntil(lab.loop.now() + 500);
  expect(lab.group.processes()).toEqual([]);
  expect(lab.loop.nextDue).toBeUndefined();
});

test('a huge output meets a slow reader: the writer waits', async () => {
  const lab = await createLab(settle);
  const result = await lab.run(['bash', '-c', 'while :; do echo xxxxxxxxxx; done | { read a; read b; echo $b; }']);
  expect(result).toEqual({ stdout: 'xxxxxxxxxx\n', stderr: '', code: 0 });
});

test('pid 1 can handle signals with a trap', async () => {
  const lab = await createLab(settle);
  const started = lab.start(['bash', '-c', 'trap "echo stopping; exit 9" TERM; while :; do sleep 1; done']);
  await lab.loop.runUntil(lab.loop.now() + 1500);
  started.kill('SIGTERM');
  await lab.loop.runUntil(lab.loop.now() + 2000);
  expect([started.output(), started.status()]).toEqual(['stopping\n', { code: 9 }]);
});

test('a shell without room for a process: bash tries five times in 15 seconds, others give up at once', async () => {
  const lab = await createLab(settle, { group: { maxProcesses: 2 } });
  const start = lab.loop.now();
  const { stderr, code } = await lab.run(['bash', '-c', 'sleep 60 & ls; echo never']);
  const retry = 'bash: fork: retry: Resource temporarily unavailable\n';
  expect(stderr).toBe(`${retry.repeat(4)}bash: fork: Resource temporarily unavailable\n`);
  expect(code).toBe(254);
  expect(lab.loop.now() - start).toBeGreaterThanOrEqual(15_000);
});

test('a string that grows for ever ends its shell, and nothing else', async () => {
  const { stdout, stderr } = await bash('bash -c "x=a; while :; do x=\\$x\\$x; done"; echo $?');
  expect(stderr).toBe('bash: xrealloc: cannot allocate 134217728 bytes\n');
  expect(stdout).toBe('2\n');
});
