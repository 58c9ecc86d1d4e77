/** What a stranger may type or apply: the server's words, bounded memory, and a cluster that goes on. */
import { expect, test } from 'vitest';
import { createEtcd } from '#engine/control-plane/etcd';
import { createRng } from '#engine/sim';
import { Lab } from './lab.ts';

const anchors = (levels: number): string => {
  const names = 'abcdefghijkl'.slice(0, levels).split('');
  return names
    .map(
      (name, i) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => (i === 0 ? 'x' : `*${names[i - 1]}`)).join()}]`,
    )
    .join('\n');
};

test('documents that are too much: refused in the words of a real cluster, and quickly', {
  timeout: 120_000,
}, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  const refused = async (line: string) => {
    const { code, stdout, stderr } = await lab.sh(line);
    expect(code).not.toBe(0);
    return stdout + stderr;
  };
  const apply = (text: string) => refused(`kubectl apply -f - <<'END_OF_IT'\n${text}\nEND_OF_IT`);
  await lab.ok('head -c 4000000 /dev/zero | tr "\\0" a > big; head -c 1200000 /dev/zero | tr "\\0" a > mid');
  expect(await refused('kubectl create configmap big --from-file=big')).toContain(
    'Request entity too large: limit is 3145728',
  );
  expect(await refused('kubectl create configmap mid --from-file=mid')).toContain(
    'Too long: may not be more than 1048576 bytes',
  );
  expect(await apply(anchors(8))).toContain('yaml: document contains excessive aliasing');
  expect(await apply('a: &a [*a]')).toContain("yaml: anchor 'a' value contains itself");
  expect(await apply('['.repeat(20_000))).toContain('yaml: exceeded max depth of 10000');
  expect(
    await apply(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p"},"__proto__":{"polluted":1}}`),
  ).toContain('unknown field "__proto__"');
  await lab.ok(`kubectl create configmap keys --from-literal=__proto__=a --from-literal=constructor=b`);
  expect(await lab.ok('kubectl get configmap keys -o jsonpath="{.data.constructor}"')).toBe('b');
  for (const type of ['merge', 'json', 'strategic']) {
    const patch =
      type === 'json'
        ? '[{"op":"add","path":"/metadata/__proto__/polluted","value":1}]'
        : '{"metadata":{"__proto__":{"polluted":1},"annotations":{"__proto__":"x","constructor":"y"}}}';
    await lab.sh(`kubectl patch configmap keys --type=${type} -p '${patch}'`);
  }
  expect(({} as { readonly polluted?: number }).polluted).toBeUndefined();
  expect(Object.prototype.toString.call({})).toBe('[object Object]');
  expect(await lab.ok('kubectl get nodes --no-headers | wc -l')).toBe('2\n');
  lab.stop();
});

test('etcd takes so many keys and no more; what is there can be written and deleted', () => {
  const clock = { now: () => 0, after: () => ({ due: 0, cancel: () => {} }), sleep: async () => {} };
  const etcd = createEtcd({ clock, rng: createRng(1), trace: { emit: () => {} } }, { quotaKeys: 2 });
  const put = (key: string) => etcd.txn([], [{ op: 'put', key, value: 1 }]);
  put('a');
  put('b');
  expect(() => put('c')).toThrow('etcdserver: mvcc: database space exceeded');
  put('a');
  etcd.txn([], [{ op: 'delete', key: 'b' }]);
  put('c');
  expect(() => put('b')).toThrow('database space exceeded');
});
