/** Volumes and all around them, from caches. @upstream pkg/scheduler/eventhandlers.go */
import {
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  persistentVolumeClaims,
  persistentVolumes,
  type Resource,
  storageClasses,
} from '#engine/api';
import { type KubeObject, semanticEqual } from '#engine/apimachinery';
import type { InformerFactory } from '#engine/client-go';
import { type VolumeResource, volumeEvent } from './framework/cluster-event.ts';
import type { VolumeView } from './framework/volume-view.ts';
import type { Scheduler } from './scheduler.ts';

export function volumeView(informers: InformerFactory): VolumeView {
  const claims = informers.informer(persistentVolumeClaims).lister;
  const volumes = informers.informer(persistentVolumes).lister;
  const classes = informers.informer(storageClasses).lister;
  const nodes = informers.informer(csiNodes).lister;
  const drivers = informers.informer(csiDrivers).lister;
  const capacities = informers.informer(csiStorageCapacities).lister;
  return {
    claim: (key) => claims.get(key),
    volume: (name) => volumes.get(name),
    volumes: () => volumes.list(),
    storageClass: (name) => classes.get(name),
    csiNode: (name) => nodes.get(name),
    csiDriver: (name) => drivers.get(name),
    capacities: () => capacities.list(),
  };
}

/** Tells the queue of what may help Pods that wait for volumes. */
export function tellOfVolumes(informers: InformerFactory, scheduler: Scheduler): void {
  const tell = <T extends KubeObject>(resource: Resource<T>, kind: VolumeResource) => {
    const [added, updated] = [volumeEvent(kind, 'Add'), volumeEvent(kind, 'Update')];
    informers.informer(resource).addEventHandler({
      added: (object) => scheduler.happened(added, undefined, object),
      updated: (previous, object) => {
        if (!semanticEqual(previous, object)) scheduler.happened(updated, previous, object);
      },
    });
  };
  tell(persistentVolumes, 'PersistentVolume');
  tell(persistentVolumeClaims, 'PersistentVolumeClaim');
  tell(storageClasses, 'StorageClass');
  tell(csiNodes, 'CSINode');
  tell(csiDrivers, 'CSIDriver');
  tell(csiStorageCapacities, 'CSIStorageCapacity');
}
