/** What a kubelet may say of a claim: how large its volume has become. @upstream plugin/pkg/admission/noderestriction/admission.go */
import type { PersistentVolumeClaim } from '#engine/api';
import { semanticEqual } from '#engine/apimachinery';
import type { AdmissionAttributes } from '../admission.ts';
import { quoted, refuse } from './refusal.ts';

/** The claim without what the kubelet may change, or what changes with every write. */
function fixedPart({ metadata, status, ...rest }: PersistentVolumeClaim): object {
  const { resourceVersion: _version, managedFields: _fields, ...meta } = metadata;
  const {
    capacity: _capacity,
    conditions: _conditions,
    allocatedResources: _allocated,
    allocatedResourceStatuses: _statuses,
    ...state
  } = status ?? {};
  return { ...rest, metadata: meta, status: state };
}

/** Throws for everything but the growth of a volume. */
export function checkClaimStatus(node: string, attributes: AdmissionAttributes): void {
  const { operation, subresource, object, oldObject } = attributes;
  if (subresource !== 'status') refuse(attributes, 'may only update PVC status');
  if (operation !== 'UPDATE' || !object || !oldObject) {
    refuse(attributes, `unexpected operation ${quoted(operation)}`);
  }
  if (!semanticEqual(fixedPart(object as PersistentVolumeClaim), fixedPart(oldObject as PersistentVolumeClaim))) {
    const why = `node ${quoted(node)} is not allowed to update fields other than status.quantity and status.conditions`;
    refuse(attributes, why);
  }
}
