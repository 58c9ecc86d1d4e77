/** ConfigMaps and Secrets that are named but nowhere to be found. */
import type { Manifest, ManifestObject } from '../manifest/manifests.ts';
import { scalarText } from './edits.ts';
import { type ClusterFacts, configKey, type Fix, type LinkProblem } from './link.ts';
import { namespaceOf } from './objects.ts';
import { type Reference, referencesOf } from './references.ts';

export function referenceProblems(
  manifest: Manifest,
  objects: readonly ManifestObject[],
  facts: ClusterFacts,
): readonly LinkProblem[] {
  return referencesOf(manifest).flatMap((reference): readonly LinkProblem[] => {
    const { kind, name, key, path } = reference;
    const keys = keysOf(reference, objects, facts);
    if (keys === 'unknown') return [];
    if (keys === 'missing') {
      return [{ manifest, path, word: 'linkMissing', values: { kind, name }, fixes: [create(reference)] }];
    }
    if (key === undefined || keys.includes(key)) return [];
    const fixes = keys.slice(0, 3).map(
      (one): Fix => ({
        word: 'fixUse',
        values: { value: `key: ${one}` },
        edit: { kind: 'replace', path: [...path.slice(0, -1), 'key'], text: scalarText(one) },
      }),
    );
    return [
      { manifest, path: [...path.slice(0, -1), 'key'], word: 'linkMissingKey', values: { kind, name, key }, fixes },
    ];
  });
}

interface Keyed {
  readonly data?: object;
  readonly stringData?: object;
  readonly binaryData?: object;
}

export const keysIn = ({ data, stringData, binaryData }: Keyed): readonly string[] => [
  ...Object.keys(data ?? {}),
  ...Object.keys(stringData ?? {}),
  ...Object.keys(binaryData ?? {}),
];

function keysOf(
  { kind, namespace, name }: Reference,
  objects: readonly ManifestObject[],
  facts: ClusterFacts,
): readonly string[] | 'missing' | 'unknown' {
  const written = objects.find(
    (object) => object.kind === kind && object.metadata.name === name && namespaceOf(object) === namespace,
  );
  if (written) return keysIn(written as Keyed);
  const asked = configKey(kind, namespace, name);
  if (!facts.configs.has(asked)) return 'unknown';
  return facts.configs.get(asked) ?? 'missing';
}

function create({ kind, namespace, name, key }: Reference): Fix {
  const where = namespace === 'default' ? '' : `\n  namespace: ${scalarText(namespace)}`;
  const field = kind === 'Secret' ? 'stringData' : 'data';
  const text = `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${scalarText(name)}${where}\n${field}:\n  ${scalarText(key ?? 'key')}: value\n`;
  return { word: 'fixCreate', values: { kind, name }, edit: { kind: 'append', text } };
}
