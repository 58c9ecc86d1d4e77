import { describe, expect, test } from 'vitest';
import { parseManifests } from '../manifest/manifests.ts';
import { toTextEdit } from './edits.ts';
import { type ClusterFacts, NO_FACTS } from './link.ts';
import { linkProblems } from './problems.ts';

const deployment = (labels: string, port = '') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        ${labels}
    spec:
      containers:
        - name: web
          image: nginx
${port}`;
const PORT = '          ports:\n            - name: http\n              containerPort: 80\n';
const service = (selector: string, targetPort: string) => `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    ${selector}
  ports:
    - port: 80
      targetPort: ${targetPort}
`;
const pod = (spec: string) => `apiVersion: v1
kind: Pod
metadata:
  name: p
spec:
  containers:
    - name: c
      image: nginx
      ${spec}
`;

/** The problems of a text, and the text after its first fix. */
function look(text: string, facts: ClusterFacts = NO_FACTS) {
  const { manifests } = parseManifests(text);
  const problems = linkProblems(manifests, [], facts);
  const [problem] = problems;
  const edit = problem?.fixes[0] && toTextEdit(text, problem.manifest, problem.fixes[0].edit);
  return {
    words: problems.map(({ word }) => word),
    lines: problems.map(({ manifest, path }) => manifest.rangeOf(path).startLine),
    fixed: edit && text.slice(0, edit.from) + edit.text + text.slice(edit.to),
  };
}
const known = (name: string, keys?: readonly string[]): ClusterFacts => ({
  pods: [],
  configs: new Map([[name, keys]]),
});

describe('links', () => {
  test.each([
    ['all is well', `${deployment('app: web', PORT)}---\n${service('app: web', 'http')}`],
    ['a service without a port declared anywhere', `${deployment('app: web')}---\n${service('app: web', '8080')}`],
    ['a config that nobody knows about', pod('envFrom: [{configMapRef: {name: x}}]')],
    ['an optional reference', pod('envFrom: [{configMapRef: {name: x, optional: true}}]')],
  ])('%s', (_, text) => expect(look(text).words).toEqual([]));

  test.each([
    [
      'a selector that matches nothing',
      `${deployment('app: web', PORT)}---\n${service('app: wep', '80')}`,
      'linkSelector',
      26,
    ],
    [
      'a port that nobody declares',
      `${deployment('app: web', PORT)}---\n${service('app: web', '8080')}`,
      'linkPort',
      30,
    ],
    [
      'a port that nobody names',
      `${deployment('app: web', PORT)}---\n${service('app: web', 'htp')}`,
      'linkPortName',
      30,
    ],
    ['a template without the label', deployment('tier: front'), 'linkTemplate', 8],
    ['a template with another label', deployment('app: wep'), 'linkTemplate', 8],
  ])('%s, and its fix', (_, text, word, line) => {
    const { words, lines, fixed } = look(text);
    expect([words, lines]).toEqual([[word], [line]]);
    expect(look(fixed ?? '').words).toEqual([]);
  });

  test.each([
    ['envFrom: [{configMapRef: {name: x}}]', 'ConfigMap/default/x', 'linkMissing'],
    ['env: [{name: A, valueFrom: {secretKeyRef: {name: x, key: k}}}]', 'Secret/default/x', 'linkMissing'],
  ])('%s is missing in the cluster, and its fix', (spec, name, word) => {
    const { words, fixed } = look(pod(spec), known(name));
    expect(words).toEqual([word]);
    expect(look(fixed ?? '', known(name)).words).toEqual([]);
  });

  test('a key that the cluster has under another name', () => {
    const facts = known('ConfigMap/default/x', ['colour']);
    const { words, fixed } = look(pod('env: [{name: A, valueFrom: {configMapKeyRef: {name: x, key: color}}}]'), facts);
    expect(words).toEqual(['linkMissingKey']);
    expect(look(fixed ?? '', facts).words).toEqual([]);
  });

  test('what another file or the cluster holds counts', () => {
    const { manifests } = parseManifests(service('app: web', '80'));
    const others = parseManifests(deployment('app: web', PORT)).manifests.map(({ object }) => object);
    expect(linkProblems(manifests, others, NO_FACTS)).toEqual([]);
    const pods = [{ namespace: 'default', template: { metadata: { labels: { app: 'web' } } } }];
    expect(linkProblems(manifests, [], { pods, configs: new Map() })).toEqual([]);
    expect(
      linkProblems(manifests, [], { pods: [{ ...pods[0], namespace: 'other', template: {} }], configs: new Map() }),
    ).toHaveLength(1);
  });
});
