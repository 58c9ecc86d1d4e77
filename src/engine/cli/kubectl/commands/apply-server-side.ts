/** apply --server-side: the server merges; fields that a client-side apply owned change hands. */
import { isConflict, type StatusError } from '#engine/apimachinery';
import { LAST_APPLIED, writeQuery } from '../act.ts';
import { asError, CommandError } from '../errors.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import type { Applying } from './applying.ts';

const ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

const CSA_MANAGERS = ['kubectl-client-side-apply'];
const LAST_APPLIED_MANAGER = 'kubectl-last-applied';

export async function applyServerSide(applying: Applying, info: Info): Promise<void> {
  const { session, dryRun, validation, print } = applying;
  if (info.name === '') throw new CommandError('resource name may not be empty');
  const query = { ...writeQuery(session, dryRun, validation), force: String(session.flags.bool('force-conflicts')) };
  const subresource = session.flags.string('subresource');
  const send = async (object: JsonObject, extra: { readonly [name: string]: string | undefined } = {}) =>
    (await session.rest().json('PATCH', infoUrl(info, subresource), {
      body: object,
      contentType: 'application/apply-patch+yaml',
      query: { ...query, ...extra },
    })) as JsonObject;
  let applied: JsonObject;
  try {
    applied = await send(info.object ?? {});
  } catch (error) {
    throw isConflict(error) ? conflict(error) : asError(error);
  }
  const manager = session.flags.string('field-manager');
  if (dryRun === 'none' && manager === 'kubectl' && subresource === '') {
    if (text(applied, 'metadata', 'annotations', LAST_APPLIED) !== '' && !managedBy(applied, LAST_APPLIED_MANAGER)) {
      applied = await send(justAnnotation(applied), { fieldManager: LAST_APPLIED_MANAGER, force: 'true' });
    }
    const upgrade = upgradePatch(applied, manager);
    if (upgrade) {
      await session.rest().json('PATCH', infoUrl(info), { body: upgrade, contentType: 'application/json-patch+json' });
      applied = await send(info.object ?? {});
    }
  }
  print(applied, 'serverside-applied');
}

const conflict = (error: StatusError): Error => new CommandError(`${error.message}\n${ADVICE}`);

const managersOf = (object: JsonObject): readonly JsonObject[] => {
  const entries = at(object, 'metadata', 'managedFields');
  return isArray(entries) ? entries.filter(isObject) : [];
};

const managedBy = (object: JsonObject, manager: string): boolean =>
  managersOf(object).some((entry) => entry.manager === manager);

function justAnnotation(object: JsonObject): JsonObject {
  const namespace = text(object, 'metadata', 'namespace');
  return {
    apiVersion: text(object, 'apiVersion'),
    kind: text(object, 'kind'),
    metadata: {
      annotations: { [LAST_APPLIED]: text(object, 'metadata', 'annotations', LAST_APPLIED) },
      name: text(object, 'metadata', 'name'),
      ...(namespace && { namespace }),
    },
  };
}

/**
 * What client-side apply owned goes to the apply manager.
 * @upstream staging/src/k8s.io/client-go/util/csaupgrade/upgrade.go
 */
function upgradePatch(object: JsonObject, manager: string): Json | undefined {
  const entries = managersOf(object);
  const isOld = (entry: JsonObject) =>
    CSA_MANAGERS.includes(String(entry.manager)) && entry.operation === 'Update' && !entry.subresource;
  const old = entries.filter(isOld);
  if (old.length === 0) return undefined;
  const fields = [...old, ...entries.filter((entry) => entry.manager === manager && entry.operation === 'Apply')].map(
    (entry) => entry.fieldsV1,
  );
  const union = withoutAnnotation(fields.reduce<JsonObject>((all, one) => merge(all, isObject(one) ? one : {}), {}));
  const rest = entries
    .filter((entry) => !isOld(entry))
    .map((entry) => (entry.manager === manager && entry.operation === 'Apply' ? { ...entry, fieldsV1: union } : entry));
  return [
    { op: 'replace', path: '/metadata/managedFields', value: rest },
    { op: 'replace', path: '/metadata/resourceVersion', value: text(object, 'metadata', 'resourceVersion') },
  ];
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const out: { [key: string]: Json } = { ...(a as { [key: string]: Json }) };
  for (const [key, value] of Object.entries(b)) {
    const mine = out[key];
    out[key] = isObject(mine) && isObject(value) ? merge(mine, value) : (value as Json);
  }
  return out;
}

function withoutAnnotation(fields: JsonObject): JsonObject {
  const metadata = fields['f:metadata'];
  const annotations = isObject(metadata) ? metadata['f:annotations'] : undefined;
  if (!isObject(metadata) || !isObject(annotations)) return fields;
  const { [`f:${LAST_APPLIED}`]: _, ...others } = annotations;
  const { 'f:annotations': __, ...rest } = metadata;
  const kept = Object.keys(others).some((key) => key !== '.') ? { ...rest, 'f:annotations': others } : rest;
  const { 'f:metadata': ___, ...top } = fields;
  return Object.keys(kept).length > 0 ? { ...top, 'f:metadata': kept } : top;
}
