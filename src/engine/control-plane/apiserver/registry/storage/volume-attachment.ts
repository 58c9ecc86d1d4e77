/**
 * VolumeAttachments: the wish that a volume be attached to a Node, and whether it is.
 * @upstream pkg/registry/storage/volumeattachment/strategy.go, pkg/apis/storage/validation/validation.go
 */
import { type VolumeAttachment, volumeAttachments } from '#engine/api';
import { fieldErrors, inclusiveRangeError, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { internalForm } from '../core/internal-form.ts';
import { defaultVolumeSpec } from '../core/persistent-volume.ts';
import { checkVolumeSpec } from '../core/persistent-volume-validation.ts';
import { checkDriverName } from '../core/pod-validation-volumes.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeMember, withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkFormat, type Errors, IMMUTABLE, nameIsDnsSubdomain } from '../validation.ts';

const MAX_METADATA = 256 * 1024;
const MAX_MESSAGE = 1024;
const MAX_INT32 = 2 ** 31 - 1;
const DETACHED = Object.freeze({ attached: false });

function checkSource(errors: Errors, { spec }: VolumeAttachment): void {
  const { inlineVolumeSpec: inline, persistentVolumeName: name } = spec?.source ?? {};
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  const at = 'spec.source';
  if (!inline && name === undefined) errors.push(fieldErrors.required(at, one));
  else if (inline && name !== undefined) errors.push(fieldErrors.forbidden(at, one));
  else if (inline) checkVolumeSpec(errors, `${at}.inlineVolumeSpec`, inline, '', true);
  else if (name === '') {
    errors.push(fieldErrors.required(`${at}.persistentVolumeName`, 'must specify non empty persistentVolumeName'));
  }
}

type Status = NonNullable<VolumeAttachment['status']>;

function checkError(errors: Errors, at: string, error: Status['attachError']): void {
  if ((error?.message ?? '').length > MAX_MESSAGE) errors.push(fieldErrors.tooLong(`${at}.message`, MAX_METADATA));
  const code = error?.errorCode;
  if (code !== undefined && code < 0)
    errors.push(fieldErrors.invalid(`${at}.errorCode`, code, inclusiveRangeError(0, MAX_INT32)));
}

/** What both versions of the API check. */
function check(attachment: VolumeAttachment): Errors {
  const errors: Errors = [];
  const { spec, status } = attachment;
  if (!spec?.attacher) errors.push(fieldErrors.required('spec.attacher'));
  checkSource(errors, attachment);
  checkFormat(errors, 'spec.nodeName', spec?.nodeName ?? '', nameIsDnsSubdomain);
  const entries = Object.entries(status?.attachmentMetadata ?? {});
  const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > MAX_METADATA) errors.push(fieldErrors.tooLong('status.attachmentMetadata', MAX_METADATA));
  checkError(errors, 'status.attachError', status?.attachError);
  checkError(errors, 'status.detachError', status?.detachError);
  return errors;
}

function validate(attachment: VolumeAttachment): Errors {
  const errors = check(attachment);
  checkDriverName(errors, 'spec.attacher', attachment.spec?.attacher ?? '');
  const name = attachment.spec?.source?.persistentVolumeName;
  if (name !== undefined) checkFormat(errors, 'spec.source.persistentVolumeName', name, nameIsDnsSubdomain);
  return errors;
}

/** The spec as Go prints it. */
const printed = ({ spec }: VolumeAttachment): unknown => {
  const { inlineVolumeSpec: inline, persistentVolumeName: name } = spec?.source ?? {};
  const volume = inline && {
    ...internalForm('PersistentVolumeSource', inline),
    ...internalForm('PersistentVolumeSpec', inline),
  };
  const source = { PersistentVolumeName: name ?? null, InlineVolumeSpec: volume ?? null };
  return { Attacher: spec?.attacher ?? '', Source: source, NodeName: spec?.nodeName ?? '' };
};

function validateUpdate(next: VolumeAttachment, current: VolumeAttachment): Errors {
  const errors = check(next);
  if (!semanticEqual(next.spec, current.spec)) errors.push(fieldErrors.invalid('spec', printed(next), IMMUTABLE));
  return errors;
}

const status: SubresourceStrategy<VolumeAttachment> = {
  prepareForUpdate: (next, current) => {
    const { managedFields } = next.metadata;
    const metadata = managedFields ? { ...current.metadata, managedFields } : current.metadata;
    return { ...withMember(next, 'spec', current.spec), metadata };
  },
  validateUpdate,
};

const specDoc = (field: string) => fieldDescription('VolumeAttachmentSpec', field);

/** @fidelity full */
export const volumeAttachmentStrategy: Strategy<VolumeAttachment> = {
  resource: volumeAttachments,
  validateName: nameIsDnsSubdomain,
  defaults: (attachment) => {
    const next = changeMember(attachment, 'spec', (spec) =>
      changeMember(spec, 'source', (source) => changeMember(source, 'inlineVolumeSpec', defaultVolumeSpec)),
    );
    return next.status?.attached === undefined ? { ...next, status: { ...next.status, ...DETACHED } } : next;
  },
  prepareForCreate: (attachment) => withMember(attachment, 'status', DETACHED),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate,
  status,
  columns: [
    nameColumn,
    { ...column<VolumeAttachment>('Attacher', 'string', specDoc('attacher'), (o) => o.spec.attacher), format: 'name' },
    column(
      'PV',
      'string',
      fieldDescription('VolumeAttachmentSource', 'persistentVolumeName'),
      (o) => o.spec.source.persistentVolumeName ?? '',
    ),
    column('Node', 'string', specDoc('nodeName'), (o) => o.spec.nodeName),
    column('Attached', 'boolean', fieldDescription('VolumeAttachmentStatus', 'attached'), (o) => o.status.attached),
    ageColumn,
  ],
};
