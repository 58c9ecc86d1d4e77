/** Claims made before there was a default class get it later. @upstream pkg/controller/volume/persistentvolume/pv_controller.go */
import { type PersistentVolumeClaim, type StorageClass, volumeAnnotations } from '#engine/api';

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

const created = ({ metadata }: StorageClass): string => metadata.creationTimestamp ?? '';

/** The claim with the newest default class; undefined when it has a class, or there is no default. */
export function withDefaultClass(
  claim: PersistentVolumeClaim,
  classes: readonly StorageClass[],
): PersistentVolumeClaim | undefined {
  if (claim.spec?.storageClassName !== undefined) return undefined;
  if (claim.metadata.annotations?.[volumeAnnotations.betaStorageClass] !== undefined) return undefined;
  const [first] = classes
    .filter(({ metadata }) => DEFAULT_CLASS.some((name) => metadata.annotations?.[name] === 'true'))
    .sort((a, b) =>
      created(a) === created(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : created(a) > created(b) ? -1 : 1,
    );
  return first && { ...claim, spec: { ...claim.spec, storageClassName: first.metadata.name } };
}
