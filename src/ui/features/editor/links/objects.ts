/** What the links between objects are made of, read from manifests and live objects alike. */
import type { LabelSelector, Labels } from '#engine/apimachinery';
import type { FieldPath } from '../manifest/field-path.ts';
import type { ManifestObject } from '../manifest/manifests.ts';

export interface Container {
  readonly name?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number; readonly protocol?: string }[];
  readonly env?: readonly {
    readonly name?: string;
    readonly valueFrom?: { readonly configMapKeyRef?: KeyReference; readonly secretKeyRef?: KeyReference };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: NameReference; readonly secretRef?: NameReference }[];
}

interface NameReference {
  readonly name?: string;
  readonly optional?: boolean;
}
interface KeyReference extends NameReference {
  readonly key?: string;
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly imagePullSecrets?: readonly NameReference[];
    readonly volumes?: readonly {
      readonly name?: string;
      readonly configMap?: NameReference;
      readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
      readonly projected?: {
        readonly sources?: readonly { readonly configMap?: NameReference; readonly secret?: NameReference }[];
      };
    }[];
  };
}

export const namespaceOf = (object: ManifestObject): string => object.metadata.namespace ?? 'default';

interface Workload {
  readonly selector?: LabelSelector | Labels;
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
}

/** The Pod that an object is or makes, and where it is written. */
export function podTemplateOf(
  object: ManifestObject,
): { readonly template: PodTemplate; readonly path: FieldPath } | undefined {
  if (object.kind === 'Pod') return { template: object as PodTemplate, path: [] };
  const spec = object.spec as Workload | undefined;
  if (object.kind === 'CronJob') {
    const template = spec?.jobTemplate?.spec?.template;
    return template && { template, path: ['spec', 'jobTemplate', 'spec', 'template'] };
  }
  const template = spec?.template;
  return template && typeof template === 'object' ? { template, path: ['spec', 'template'] } : undefined;
}

export const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);
