/** patch. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */

import { type KubeObject, type ObjectBody, type ObjectPatchType, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { admitAndStore } from './admit-and-store.ts';
import { applyObject } from './apply.ts';
import { contentTypeOf, readBody } from './body.ts';
import { withMetadata } from './codec.ts';
import { defaulted } from './defaulting.ts';
import type { Served, Server } from './endpoint.ts';
import { manage, manageScale } from './field-manager.ts';
import { checkName } from './names.ts';
import { type WriteOptions, writeOptionsOf } from './options.ts';
import { type Part, partOf } from './part.ts';
import { unsupportedMediaTypeRoute } from './plain-error.ts';
import { formOf } from './respond.ts';

const TYPES: { readonly [contentType: string]: ObjectPatchType | 'apply' } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export async function patchObject(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request, info } = context;
  const contentType = contentTypeOf(request);
  const type = TYPES[contentType];
  const part = partOf(served, info.subresource);
  const { patchTypes } = part.codec;
  if (patchTypes && !patchTypes.includes(contentType)) throw unsupportedPatchType(patchTypes);
  if (!type) throw unsupportedMediaTypeRoute();
  const { walk } = context;
  walk.enter('decode');
  const form = formOf(context);
  const options = writeOptionsOf(request.query, 'PatchOptions', type === 'apply');
  const body = await readBody(server, request);
  walk.pass();
  const from = (current: KubeObject | undefined): KubeObject => {
    walk.enter('patch');
    if (type === 'apply') return applyObject(server, context, served, part, current, body, options);
    if (!current)
      throw statusErrors.notFound({ group: served.resource.group, resource: served.resource.plural }, info.name);
    return patched(server, context, served, part, current, type, body, options);
  };
  const forceCreate = type === 'apply' && info.subresource === '';
  return admitAndStore(server, context, served, part, form, { from, dryRun: options.dryRun, forceCreate });
}

const unsupportedPatchType = (types: readonly string[]): Error =>
  statusErrors.unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
  );

function patched(
  server: Server,
  context: ApiContext,
  served: Served,
  part: Part,
  current: KubeObject,
  type: ObjectPatchType,
  body: ObjectBody,
  options: WriteOptions,
): KubeObject {
  const { object, warnings } = part.codec.patch(part.show(current), type, body, options.fieldValidation);
  for (const warning of warnings) if (!context.warnings.includes(warning)) context.warnings.push(warning);
  const checked = withMetadata(object);
  checkName(checked, context.info.name, context.info.namespace);
  const { walk } = context;
  walk.pass(current, checked);
  if (part.isScale) return manageScale(server, context, served, part, current, checked, options.fieldManager);
  walk.enter('defaulting');
  const complete = defaulted(served, checked);
  walk.pass(checked, complete);
  walk.enter('managed-fields');
  const managed = manage(server, context, served, current, complete, options.fieldManager);
  walk.pass(complete, managed);
  return managed;
}
