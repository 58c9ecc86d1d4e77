/**
 * What the server fills into a PersistentVolumeClaim, also into one that is a template.
 * @upstream pkg/apis/core/v1/defaults.go
 */
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '#engine/api';
import { changeMember, withMember, withPointerDefaults } from '../sharing.ts';
import { defaultResourceList } from './resource-list-defaults.ts';

/** What a claim asks for when it does not say. */
export function defaultClaimSpec(spec: PersistentVolumeClaimSpec | undefined): PersistentVolumeClaimSpec {
  const next = withPointerDefaults(spec ?? {}, { volumeMode: 'Filesystem', resources: {} });
  return changeMember(next, 'resources', (resources) =>
    changeMember(changeMember(resources, 'limits', defaultResourceList), 'requests', defaultResourceList),
  );
}

/** A claim with its mode and phase. */
export function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const next = withMember(claim, 'spec', defaultClaimSpec(claim.spec));
  const status = withPointerDefaults(next.status ?? {}, { phase: 'Pending' });
  const rounded = changeMember(
    changeMember(status, 'capacity', defaultResourceList),
    'allocatedResources',
    defaultResourceList,
  );
  return withMember(next, 'status', rounded);
}
