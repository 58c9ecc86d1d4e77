/** A Service, the Pods it selects and the ports they declare. */
import type { Labels } from '#engine/apimachinery';
import type { Manifest, ManifestObject } from '../manifest/manifests.ts';
import { scalarText } from './edits.ts';
import { type ClusterFacts, type Fix, type KnownPod, type LinkProblem, labelsOf, printLabels } from './link.ts';
import { type Container, listOf, namespaceOf, podTemplateOf } from './objects.ts';

interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Labels;
  readonly ports?: readonly { readonly port?: number; readonly targetPort?: number | string }[];
}

const MAX_FIXES = 3;

const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** What a Service with a selector asks of the Pods around it. */
export function selectorOf(object: ManifestObject): Labels | undefined {
  if (object.kind !== 'Service') return undefined;
  const { type, selector } = (object.spec ?? {}) as ServiceSpec;
  return type === 'ExternalName' || !selector || Object.keys(selector).length === 0 ? undefined : selector;
}

export function serviceProblems(
  manifest: Manifest,
  objects: readonly ManifestObject[],
  facts: ClusterFacts,
): readonly LinkProblem[] {
  const selector = selectorOf(manifest.object);
  if (!selector) return [];
  const namespace = namespaceOf(manifest.object);
  const written = objects.flatMap((object): readonly KnownPod[] => {
    const pod = podTemplateOf(object);
    return pod ? [{ namespace: namespaceOf(object), template: pod.template }] : [];
  });
  const near = [...written, ...facts.pods].filter((pod) => pod.namespace === namespace);
  const selected = near.filter(({ template }) => selects(selector, labelsOf(template)));
  if (selected.length === 0) return [unmatched(manifest, selector, near)];
  return portProblems(
    manifest,
    selected.flatMap(({ template }) => listOf(template.spec?.containers)),
  );
}

function unmatched(manifest: Manifest, selector: Labels, near: readonly KnownPod[]): LinkProblem {
  return {
    manifest,
    path: ['spec', 'selector'],
    word: 'linkSelector',
    values: { selector: printLabels(selector) },
    fixes: Object.keys(selector)
      .flatMap((key) => labelFixes(selector, key, near))
      .slice(0, MAX_FIXES),
  };
}

/** Other values of one key that would select something. */
function labelFixes(selector: Labels, key: string, near: readonly KnownPod[]): readonly Fix[] {
  const { [key]: _wrong, ...rest } = selector;
  const values = near
    .map(({ template }) => labelsOf(template))
    .filter((labels) => selects(rest, labels) && labels[key] !== undefined)
    .map((labels) => String(labels[key]));
  return [...new Set(values)].map((value) => ({
    word: 'fixUse',
    values: { value: `${key}: ${value}` },
    edit: { kind: 'replace', path: ['spec', 'selector', key], text: scalarText(value) },
  }));
}

function portProblems(manifest: Manifest, containers: readonly Container[]): readonly LinkProblem[] {
  const declared = containers.flatMap(({ ports }) => listOf(ports));
  const numbers = new Set(declared.map(({ containerPort }) => containerPort));
  const names = new Set(declared.flatMap(({ name }) => (name ? [name] : [])));
  const { ports } = manifest.object.spec as ServiceSpec;
  return listOf(ports).flatMap((port, index): readonly LinkProblem[] => {
    const target = port?.targetPort ?? port?.port;
    const named = typeof target === 'string';
    // A port that nobody declares may still be listened on: declared ports are documentation. With none declared, nothing is known.
    if (target === undefined || (named ? names.has(target) : declared.length === 0 || numbers.has(target))) return [];
    const field = port?.targetPort === undefined ? 'port' : 'targetPort';
    const path = ['spec', 'ports', index, field];
    const better = [
      ...new Set(declared.flatMap(({ containerPort }) => (containerPort === undefined ? [] : [containerPort]))),
    ];
    return [
      {
        manifest,
        path,
        word: named ? 'linkPortName' : 'linkPort',
        values: { port: target, declared: [...numbers, ...names].join(', ') || '–' },
        fixes: better.slice(0, MAX_FIXES).map(
          (number): Fix => ({
            word: 'fixUse',
            values: { value: `targetPort: ${number}` },
            edit:
              field === 'targetPort'
                ? { kind: 'replace', path, text: scalarText(number) }
                : { kind: 'insert', path: ['spec', 'ports', index], key: 'targetPort', text: scalarText(number) },
          }),
        ),
      },
    ];
  });
}
