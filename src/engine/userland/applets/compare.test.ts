import { expect, test } from 'vitest';
import { createLab } from '../lab.ts';

test.each<[string, string]>([
  [
    'expr 1 + 2 \\* 3; expr 7 / 2; expr abc : "a\\(.*\\)"; expr length hello; expr 2 \\> 1; expr 0 \\| x',
    '7\n3\nbc\n5\n1\nx\n',
  ],
  [
    'printf "a\\nb\\nc\\n" > /x; printf "a\\nB\\nc\\nd\\n" > /y; diff /x /y; diff -u /x /y; diff /x /x; echo $?',
    '2c2\n< b\n---\n> B\n3a4\n> d\n--- /x\n+++ /y\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n0\n',
  ],
  ['echo a > /x; echo b > /y; cmp /x /y; cmp -s /x /x; echo $?', '/x /y differ: byte 1, line 1\n0\n'],
  ['shuf -i 1-5 | sort | tr -d "\\n"; seq 3 | shuf | wc -l', '123453\n'],
])('%s', async (script, stdout) => {
  const lab = await createLab(() => new Promise<void>((resolve) => setImmediate(resolve)));
  expect((await lab.run(['bash', '-c', script])).stdout).toBe(stdout);
});
