/** Tab at the workstation: what kubectl offers, asked of a live cluster. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.boot({ shape: 'hollow', nodes: 2 });
  await lab.ok('kubectl create deployment web --image=nginx --replicas=2');
  await lab.ok('kubectl run two --image=nginx');
  await lab.ok('kubectl create namespace team-a');
  await lab.ok('kubectl wait --for=condition=Ready pod/two');
}, 60_000);
afterAll(() => lab.stop());

const offered = async (words: string): Promise<{ texts: string[]; directive: string }> => {
  const lines = (await lab.ok(`kubectl __completeNoDesc ${words}`)).trimEnd().split('\n');
  return { texts: lines.slice(0, -1), directive: lines.at(-1) ?? '' };
};

test.each<[string, readonly string[]]>([
  ['ro', ['rollout']],
  ['rollout st', ['status']],
  ['rollout undo dep', ['deployments']],
  ['rollout undo deployments/', ['deployments/web']],
  ['get deploy', ['deploy', 'deployments.apps']],
  ['get pods t', ['two']],
  ['get pod/tw', ['pod/two']],
  ['get pods,nod', ['pods,nodes']],
  ['describe no', ['no', 'nodes']],
  ['get pods -n te', ['team-a']],
  ['get pods --namespace=te', ['--namespace=team-a']],
  ['get -n team-a pods t', []],
  ['get pods -o js', ['json', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file']],
  ['get pods -oya', ['-oyaml']],
  ['get pods --show-l', ['--show-labels']],
  ['delete po two ""', []],
  ['logs tw', ['two']],
  ['logs two -c ""', ['two']],
  ['logs deployment/w', ['deployment/web']],
  ['exec two -- l', []],
  ['cordon node-1 ""', ['node-2']],
  ['scale dep', ['deployments']],
  ['expose deployment web --type=No', ['--type=NodePort']],
  ['set image deployment/web ""', ['nginx=']],
  ['config use-context ""', ['kubernetes-admin@kubernetes']],
  ['create token x --namespace=te', ['--namespace=team-a']],
  ['auth can-i wa', ['watch']],
  ['wait --for=del', ['--for=delete']],
  ['apply view', ['view-last-applied']],
])('kubectl %s', async (words, texts) => {
  const found = await offered(words);
  if (words.startsWith('delete')) expect(found.texts).not.toContain('two');
  else expect(found.texts).toEqual(texts);
});

test('files of manifests are left to the shell', async () => {
  expect(await offered('apply -f ""')).toEqual({ texts: ['json', 'yaml', 'yml'], directive: ':8' });
});

test('a cluster that does not answer offers nothing, and says nothing', async () => {
  const { stdout, stderr, code } = await lab.sh('kubectl __complete --server=https://10.9.9.9:6443 get pods ""');
  expect([stdout, code]).toEqual([':4\n', 0]);
  expect(stderr).toBe('Completion ended with directive: ShellCompDirectiveNoFileComp\n');
});
