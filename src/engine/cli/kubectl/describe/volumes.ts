/**
 * Volumes of a pod: what each is, and the fields that say where it comes from.
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go describeVolumes
 */
import type { Volume } from '#engine/api';
import { compareText } from '#engine/apimachinery';
import type { DescriptionWriter } from './writer.ts';

type Field = readonly [title: string, path: string, fallback?: string];

interface Source {
  readonly field: keyof Volume;
  readonly type: string;
  readonly fields: readonly Field[];
}

/** Sources whose description is a plain list of fields. */
const PLAIN: readonly Source[] = [
  {
    field: 'hostPath',
    type: 'HostPath (bare host directory volume)',
    fields: [
      ['Path', 'path'],
      ['HostPathType', 'type'],
    ],
  },
  {
    field: 'emptyDir',
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    fields: [
      ['Medium', 'medium'],
      ['SizeLimit', 'sizeLimit', '<unset>'],
    ],
  },
  {
    field: 'secret',
    type: 'Secret (a volume populated by a Secret)',
    fields: [
      ['SecretName', 'secretName'],
      ['Optional', 'optional', 'false'],
    ],
  },
  {
    field: 'configMap',
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    fields: [
      ['Name', 'name'],
      ['Optional', 'optional', 'false'],
    ],
  },
  {
    field: 'nfs',
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    fields: [
      ['Server', 'server'],
      ['Path', 'path'],
      ['ReadOnly', 'readOnly', 'false'],
    ],
  },
  {
    field: 'persistentVolumeClaim',
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    fields: [
      ['ClaimName', 'claimName'],
      ['ReadOnly', 'readOnly', 'false'],
    ],
  },
  {
    field: 'csi',
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    fields: [
      ['Driver', 'driver'],
      ['FSType', 'fsType'],
      ['ReadOnly', 'readOnly', 'false'],
    ],
  },
  {
    field: 'iscsi',
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    fields: [
      ['TargetPortal', 'targetPortal'],
      ['IQN', 'iqn'],
      ['Lun', 'lun', '0'],
      ['ISCSIInterface', 'iscsiInterface'],
      ['FSType', 'fsType'],
      ['ReadOnly', 'readOnly', 'false'],
    ],
  },
  {
    field: 'image',
    type: 'Image (a container image or OCI artifact)',
    fields: [
      ['Reference', 'reference'],
      ['PullPolicy', 'pullPolicy'],
    ],
  },
];

export function volumes(w: DescriptionWriter, list: readonly Volume[] | undefined, indent: string): void {
  if (!list?.length) {
    w.write(0, `${indent}Volumes:\t<none>\n`);
    return;
  }
  w.write(0, `${indent}Volumes:\n`);
  for (const volume of list) {
    w.write(1, `${indent ? ' ' : ''}${volume.name}:\n`);
    describeVolume(w, volume);
  }
}

/** What one volume is. */
export function describeVolume(w: DescriptionWriter, volume: Volume): void {
  const source = PLAIN.find((one) => volume[one.field] !== undefined);
  if (source) {
    const value = volume[source.field] as { readonly [field: string]: unknown };
    w.write(2, `Type:\t${source.type}\n`);
    for (const [title, path, fallback = ''] of source.fields)
      w.write(2, `${title}:\t${String(value[path] ?? fallback)}\n`);
    return;
  }
  if (volume.projected) projected(w, volume.projected);
  else if (volume.downwardAPI) downward(w, volume.downwardAPI);
  else if (volume.ephemeral) ephemeral(w, volume.ephemeral);
  else w.write(2, '<unknown>\n');
}

function projected(w: DescriptionWriter, one: NonNullable<Volume['projected']>): void {
  w.write(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)\n');
  for (const source of one.sources ?? []) {
    if (source.secret) {
      w.write(2, `SecretName:\t${source.secret.name ?? ''}\n`);
      w.write(2, `Optional:\t${source.secret.optional ?? false}\n`);
    } else if (source.downwardAPI) w.write(2, 'DownwardAPI:\ttrue\n');
    else if (source.configMap) {
      w.write(2, `ConfigMapName:\t${source.configMap.name ?? ''}\n`);
      w.write(2, `Optional:\t${source.configMap.optional ?? false}\n`);
    } else if (source.serviceAccountToken)
      w.write(2, `TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds ?? 0}\n`);
  }
}

function downward(w: DescriptionWriter, one: NonNullable<Volume['downwardAPI']>): void {
  w.write(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n');
  w.write(2, 'Items:\n');
  for (const item of one.items ?? []) {
    if (item.fieldRef) w.write(3, `${item.fieldRef.fieldPath} -> ${item.path}\n`);
    if (item.resourceFieldRef) w.write(3, `${item.resourceFieldRef.resource} -> ${item.path}\n`);
  }
}

function ephemeral(w: DescriptionWriter, one: NonNullable<Volume['ephemeral']>): void {
  const template = one.volumeClaimTemplate;
  w.write(
    2,
    'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)\n',
  );
  if (!template) return;
  w.write(2, `StorageClass:\t${template.spec.storageClassName ?? ''}\n`);
  w.write(2, 'Volume:\t\n');
  // Every piece is indented anew, values too.
  const nested = (title: string, entries: readonly string[]) => {
    w.write(2, `${title}:\t`);
    if (entries.length === 0) w.write(2, '<none>\n');
    entries.forEach((entry, i) => {
      if (i > 0) w.write(2, '\t');
      w.write(2, `${entry}\n`);
    });
  };
  const { labels = {}, annotations = {} } = template.metadata ?? {};
  nested(
    'Labels',
    Object.keys(labels)
      .sort(compareText)
      .map((key) => `${key}=${labels[key]}`),
  );
  nested(
    'Annotations',
    Object.keys(annotations)
      .sort(compareText)
      .map((key) => `${key}: ${annotations[key]}`),
  );
  w.write(2, 'Capacity:\t\n');
  w.write(2, 'Access Modes:\t\n');
  w.write(2, `VolumeMode:\t${template.spec.volumeMode ?? ''}\n`);
}
