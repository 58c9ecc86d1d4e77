/** patch. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */

import { schemaForKind } from '#engine/api';
import {
  patchObject as applyPatch,
  type KubeObject,
  type ObjectBody,
  type ObjectPatchType,
  type StructSchema,
  statusErrors,
} from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { applyObject } from './apply.ts';
import { contentTypeOf, readBody } from './body.ts';
import { defaulted } from './defaulting.ts';
import { attributesOf, namespaceOf, type Served, type Server, writeContext } from './endpoint.ts';
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
  const type = TYPES[contentTypeOf(request)];
  if (!type) throw unsupportedMediaTypeRoute();
  const form = formOf(context);
  const options = writeOptionsOf(request.query, 'PatchOptions', type === 'apply');
  const body = await readBody(request);
  const part = partOf(served, info.subresource);
  const { dryRun } = options;
  const next = async (current: KubeObject | undefined): Promise<KubeObject> => {
    if (!current && type !== 'apply')
      throw statusErrors.notFound({ group: served.resource.group, resource: served.resource.plural }, info.name);
    const managed =
      type === 'apply'
        ? applyObject(server, context, served, part, current, body, options)
        : patched(server, context, served, part, current as KubeObject, type, body, options);
    const operation = current ? 'UPDATE' : 'CREATE';
    const attributes = attributesOf(context, served.resource, operation, {
      name: info.name,
      object: managed,
      oldObject: current,
      dryRun,
    });
    return (await server.admission.admit(attributes)) ?? managed;
  };
  const { object, created } = await served.store.update(
    {
      namespace: namespaceOf(context),
      name: info.name,
      next,
      forceCreate: type === 'apply' && info.subresource === '',
      ...(part.subresource && { subresource: part.subresource }),
    },
    writeContext(server, context, served, 'UPDATE', dryRun),
  );
  return part.respond(server, context, form, created ? 201 : 200, object);
}

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
  const schema = schemaForKind(part.kind) as StructSchema;
  const { object, warnings } = applyPatch(part.show(current), type, body, schema, {
    schemaOf: schemaForKind,
    fieldValidation: options.fieldValidation,
  });
  for (const warning of warnings) if (!context.warnings.includes(warning)) context.warnings.push(warning);
  const checked = withMetadata(object);
  checkName(checked, context.info.name, context.info.namespace);
  if (part.isScale) return manageScale(server, context, served, part, current, checked, options.fieldManager);
  return manage(server, context, served, current, defaulted(served, checked), options.fieldManager);
}

const withMetadata = (object: KubeObject): KubeObject => {
  const { metadata } = object as Partial<KubeObject>;
  return metadata ? object : ({ ...object, metadata: {} } as unknown as KubeObject);
};
