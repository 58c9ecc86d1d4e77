import { describe, expect, test } from 'vitest';
import { parseFieldPath } from './field-path.ts';
import { lineDiff } from './line-diff.ts';
import { parseManifests } from './manifests.ts';

const text = `apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  ports:
    - name: http
      port: 80
    - port: 0443
---
# only a comment
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata:
      name: a
    spec:
      containers:
        - name: one
          image: "1.0"
`;

describe('paths', () => {
  test.each([
    ['spec.ports[0].port', ['spec', 'ports', 0, 'port']],
    ['.spec.containers[name="web"].image', ['spec', 'containers', { name: 'web' }, 'image']],
    ['.spec.ports[port=80,protocol="TCP"]', ['spec', 'ports', { port: 80, protocol: 'TCP' }]],
    ['metadata.labels[app.kubernetes.io/name]', ['metadata', 'labels', 'app.kubernetes.io/name']],
    ['', []],
  ])('%s', (path, steps) => expect(parseFieldPath(path)).toEqual(steps));
});

describe('manifests', () => {
  const { manifests, problems } = parseManifests(text);

  test('objects of every document and of lists, in order', () => {
    expect(problems).toEqual([]);
    expect(manifests.map(({ object }) => `${object.kind}/${object.metadata.name}`)).toEqual(['Service/web', 'Pod/a']);
  });

  test.each([
    [0, 'spec.ports[0].port', 10, 7],
    [0, 'spec.ports[port=80].name', 9, 7],
    [0, 'metadata.labels[app.kubernetes.io/name]', 6, 5],
    [0, 'spec.selector', 7, 1],
    [0, '', 1, 1],
    [1, 'spec.containers[0].image', 25, 11],
    [1, 'spec.containers[0].ports[0].containerPort', 24, 11],
  ])('object %i %s is at %i:%i', (index, path, line, column) => {
    const range = manifests[index]?.rangeOf(path);
    expect([range?.startLine, range?.startColumn]).toEqual([line, column]);
  });

  test('numbers and texts as Go reads them', () => {
    expect(manifests[0]?.object.spec).toMatchObject({ ports: [{ port: 80 }, { port: 0o443 }] });
    expect(
      parseManifests('apiVersion: v1\nkind: A\nx: 2020-01-01\ny1: 1:30\nz: yes').manifests[0]?.object,
    ).toMatchObject({
      x: '2020-01-01',
      y1: '1:30',
      z: true,
    });
  });

  test.each([
    ['a: [', 1],
    ['apiVersion: v1\nkind: Pod\n\tmetadata: {}', 3],
    ['just a text', 1],
    [
      'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
      1,
    ],
  ])('%j has a problem in line %i', (source, line) => {
    const { problems: found } = parseManifests(source);
    expect(found[0]?.range.startLine).toBe(line);
  });

  test('a broken document leaves the others alone', () => {
    const parsed = parseManifests('apiVersion: v1\nkind: Pod\n---\na: [\n');
    expect(parsed.manifests).toHaveLength(1);
    expect(parsed.problems.length).toBeGreaterThan(0);
  });
});

test('a diff keeps what is equal', () => {
  expect(lineDiff('a\nb\nc\nd', 'a\nc\nx\nd').map(({ sign, text: line }) => sign + line)).toEqual([
    ' a',
    '-b',
    ' c',
    '+x',
    ' d',
  ]);
});
