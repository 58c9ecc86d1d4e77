/** ConfigMaps and Secrets that a Pod names. */
import type { FieldPath } from '../manifest/field-path.ts';
import type { Manifest } from '../manifest/manifests.ts';
import { type Container, listOf, namespaceOf, podTemplateOf } from './objects.ts';

export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  readonly name: string;
  /** The key it must have. */
  readonly key?: string;
  readonly path: FieldPath;
}

type Named =
  | { readonly name?: string; readonly secretName?: string; readonly key?: string; readonly optional?: boolean }
  | undefined;

/** All that must be there for the Pods of a manifest to start; optional ones need not. */
export function referencesOf({ object }: Manifest): readonly Reference[] {
  const pod = podTemplateOf(object);
  if (!pod) return [];
  const namespace = namespaceOf(object);
  const found: Reference[] = [];
  const add = (kind: Reference['kind'], named: Named, path: FieldPath, field = 'name') => {
    const name = named?.name ?? named?.secretName;
    if (typeof name !== 'string' || name === '' || named?.optional === true) return;
    const key = typeof named?.key === 'string' ? { key: named.key } : {};
    found.push({ kind, namespace, name, ...key, path: [...path, field] });
  };
  const { spec = {} } = pod.template;
  const at: FieldPath = [...pod.path, 'spec'];
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, container] of listOf(spec[list]).entries())
      containerReferences(container, [...at, list, index], add);
  }
  for (const [index, volume] of listOf(spec.volumes).entries()) {
    const path = [...at, 'volumes', index];
    add('ConfigMap', volume?.configMap, [...path, 'configMap']);
    add('Secret', volume?.secret, [...path, 'secret'], 'secretName');
    for (const [number, source] of listOf(volume?.projected?.sources).entries()) {
      add('ConfigMap', source?.configMap, [...path, 'projected', 'sources', number, 'configMap']);
      add('Secret', source?.secret, [...path, 'projected', 'sources', number, 'secret']);
    }
  }
  return found;
}

function containerReferences(
  container: Container | undefined,
  path: FieldPath,
  add: (kind: Reference['kind'], named: Named, path: FieldPath) => void,
): void {
  for (const [index, { valueFrom } = {}] of listOf(container?.env).entries()) {
    add('ConfigMap', valueFrom?.configMapKeyRef, [...path, 'env', index, 'valueFrom', 'configMapKeyRef']);
    add('Secret', valueFrom?.secretKeyRef, [...path, 'env', index, 'valueFrom', 'secretKeyRef']);
  }
  for (const [index, source] of listOf(container?.envFrom).entries()) {
    add('ConfigMap', source?.configMapRef, [...path, 'envFrom', index, 'configMapRef']);
    add('Secret', source?.secretRef, [...path, 'envFrom', index, 'secretRef']);
  }
}
