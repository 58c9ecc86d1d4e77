/** A workload's selector and the labels of its template. */
import type { LabelSelector } from '#engine/apimachinery';
import type { Manifest } from '../manifest/manifests.ts';
import { scalarText } from './edits.ts';
import type { Fix, LinkProblem } from './link.ts';
import { podTemplateOf } from './objects.ts';

const WORKLOADS = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet']);

/** Every label that is selected must be on the template, or the server refuses. */
export function selectorProblems(manifest: Manifest): readonly LinkProblem[] {
  const { object } = manifest;
  if (!WORKLOADS.has(object.kind)) return [];
  const selector = (object.spec as { readonly selector?: LabelSelector } | undefined)?.selector?.matchLabels;
  const pod = podTemplateOf(object);
  if (!selector || !pod) return [];
  const labels = pod.template.metadata?.labels ?? {};
  return Object.entries(selector)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => ({
      manifest,
      path: ['spec', 'selector', 'matchLabels', key],
      word: 'linkTemplate',
      values: { label: `${key}=${value}`, kind: object.kind },
      fixes: fixes(key, String(value), labels[key], Object.keys(labels).length > 0),
    }));
}

function fixes(key: string, wanted: string, has: string | undefined, labelled: boolean): readonly Fix[] {
  const at = ['spec', 'template', 'metadata', 'labels'];
  const values = { label: `${key}=${wanted}` };
  if (has !== undefined) {
    return [
      { word: 'fixLabel', values, edit: { kind: 'replace', path: [...at, key], text: scalarText(wanted) } },
      {
        word: 'fixUse',
        values: { value: String(has) },
        edit: { kind: 'replace', path: ['spec', 'selector', 'matchLabels', key], text: scalarText(String(has)) },
      },
    ];
  }
  return labelled
    ? [
        {
          word: 'fixAddLabel',
          values,
          edit: { kind: 'insert', path: at, key: scalarText(key), text: scalarText(wanted) },
        },
      ]
    : [];
}
