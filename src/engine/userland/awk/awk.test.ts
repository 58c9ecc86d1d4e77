import { beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab(() => new Promise<void>((resolve) => setImmediate(resolve)));
  lab.write('/t', 'alice 30 x\nbob 25 y\ncarol 35 x\n');
});

test.each<[string, readonly string[], string]>([
  ['{print $1}', ['/t'], 'alice\nbob\ncarol\n'],
  ['{print $NF, NR, NF}', ['/t'], 'x 1 3\ny 2 3\nx 3 3\n'],
  ['$2 > 28 {print $1 ":" $2}', ['/t'], 'alice:30\ncarol:35\n'],
  ['/bob/', ['/t'], 'bob 25 y\n'],
  ['!/bob/ && $3 == "x"', ['/t'], 'alice 30 x\ncarol 35 x\n'],
  ['NR==1,NR==2 {print $1}', ['/t'], 'alice\nbob\n'],
  ['{s += $2} END {print s, s/NR}', ['/t'], '90 30\n'],
  ['{c[$3]++} END {for (k in c) print k, c[k]}', ['/t'], 'x 2\ny 1\n'],
  ['BEGIN {FS=":"; OFS="-"} {$1=$1; print} ', ['/u'], 'a-b-c\n'],
  ['BEGIN {printf "%5.2f|%-4s|%03d|%x\\n", 3.14159, "ab", 7, 255}', [], ' 3.14|ab  |007|ff\n'],
  [
    'BEGIN {print length("hello"), substr("hello", 2, 3), index("hello", "l"), toupper("a"), int(3.9)}',
    [],
    '5 ell 3 A 3\n',
  ],
  ['BEGIN {n = split("a,b,c", p, ","); print n, p[1] p[3]}', [], '3 ac\n'],
  ['{gsub(/[aeiou]/, "<&>"); print; exit}', ['/t'], '<a>l<i>c<e> 30 x\n'],
  ['{sub("a", "A", $1); print $1}', ['/t'], 'Alice\nbob\ncArol\n'],
  ['BEGIN {while (i < 3) {i++; if (i == 2) continue; print i}}', [], '1\n3\n'],
  ['BEGIN {for (i = 0; i < 5; i++) {if (i == 3) break; s = s i}; print s}', [], '012\n'],
  ['function f(n) {return n <= 1 ? 1 : n * f(n - 1)} BEGIN {print f(10)}', [], '3628800\n'],
  [
    'function fill(a, n,   i) {for (i = 1; i <= n; i++) a[i] = i * i} BEGIN {fill(q, 3); print q[1] q[2] q[3], length(q)}',
    [],
    '149 3\n',
  ],
  ['BEGIN {print 1 == 1.0, "a" < "b", "10" < "9", 10 < 9, 2 ^ 3, 7 % 3, -2 + 1, 1 " " 2}', [], '1 1 1 0 8 1 -1 1 2\n'],
  ['BEGIN {x["a"] = 1; print ("a" in x), ("b" in x); delete x["a"]; print length(x)}', [], '1 0\n0\n'],
  ['BEGIN {print match("foobar", /o+/), RSTART, RLENGTH}', [], '2 2 2\n'],
  [
    '{print > "/tmp/out"} END {close("/tmp/out"); while ((getline l < "/tmp/out") > 0) print "r", l}',
    ['/t'],
    'r alice 30 x\nr bob 25 y\nr carol 35 x\n',
  ],
  ['BEGIN {"echo hi there" | getline x; print x}', [], 'hi there\n'],
  ['{print $2 | "sort -n"}', ['/t'], '25\n30\n35\n'],
  ['BEGIN {print 0.1 + 0.2, 1e6, 1000000 * 10, 1/3}', [], '0.3 1000000 10000000 0.333333\n'],
  ['{$2 = ""; print}', ['/t'], 'alice  x\nbob  y\ncarol  x\n'],
  ['BEGIN {print length()}\n# comment\nEND {print NR}', ['/t'], '0\n3\n'],
  ['NR % 2 {next} {print NR}', ['/t'], '2\n'],
  ['BEGIN { exit 0 } END { print "end" }', [], ''],
  ['BEGIN {if (!("x" in a)) print "no"; else print "yes"}', [], 'no\n'],
  ['BEGIN {print substr("hello", 0), substr("hello", -1, 3), substr("hello", 4)}', [], 'hello h lo\n'],
  ['{a[NR] = $0} END {for (i = NR; i > 0; i--) print a[i]}', ['/t'], 'carol 35 x\nbob 25 y\nalice 30 x\n'],
])('awk %j', async (program, files, stdout) => {
  lab.write('/u', 'a:b:c\n');
  const result = await lab.run(['awk', program, ...files]);
  expect(result.stderr).toBe('');
  expect(result.stdout).toBe(stdout);
});

test('options', async () => {
  expect((await lab.run(['awk', '-F:', '-v', 'x=5', '{print $2, x}'], { stdin: 'a:b\n' })).stdout).toBe('b 5\n');
  expect((await lab.run(['awk', '-F', '[,;]', '{print $3}'], { stdin: 'a,b;c\n' })).stdout).toBe('c\n');
  expect((await lab.run(['awk', '{exit 3}'], { stdin: 'x\n' })).code).toBe(3);
  expect(await lab.run(['awk', '{print'])).toMatchObject({ code: 2, stderr: expect.stringContaining('syntax error') });
  expect(await lab.run(['awk', 'BEGIN {print 1/0}'])).toMatchObject({ code: 2, stderr: 'awk: division by zero\n' });
  expect(await lab.run(['awk', 'BEGIN {while (1) x++}'], { limitMs: 500 })).toMatchObject({ code: -1 });
});
