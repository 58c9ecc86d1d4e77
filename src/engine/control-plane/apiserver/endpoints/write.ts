/** create and update. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go and update.go */
import type { KubeObject } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { admitAndStore } from './admit-and-store.ts';
import { readObject } from './body.ts';
import { defaulted } from './defaulting.ts';
import { attributesOf, type Served, type Server, writeContext } from './endpoint.ts';
import { manage, manageScale } from './field-manager.ts';
import { checkName, ensureNamespace, inNamespace } from './names.ts';
import { writeOptionsOf } from './options.ts';
import { partOf } from './part.ts';
import { formOf, respondObject } from './respond.ts';

export async function createObject(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request, info } = context;
  const { walk } = context;
  walk.enter('decode');
  const form = formOf(context);
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { store, resource } = served;
  const { object: read, warnings } = await readObject(server, request, resource, options.fieldValidation, served.codec);
  context.warnings.push(...warnings);
  ensureNamespace(read, info.namespace);
  const named = inNamespace(read, info.namespace);
  walk.pass(undefined, named);
  walk.enter('defaulting');
  const object = defaulted(served, named);
  walk.pass(named, object);
  walk.enter('managed-fields');
  const managed = manage(server, context, served, undefined, object, options.fieldManager);
  walk.pass(object, managed);
  const { dryRun } = options;
  const { name } = managed.metadata;
  const attributes = attributesOf(context, resource, 'CREATE', {
    name: name ?? '',
    object: managed,
    oldObject: undefined,
    dryRun,
  });
  const admitted = (await server.admission.admit(attributes)) ?? managed;
  const created = await store.create(admitted, writeContext(server, context, served, 'CREATE', dryRun));
  return respondObject(server, context, served, form, 201, created);
}

export async function updateObject(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request, info } = context;
  const { walk } = context;
  walk.enter('decode');
  const form = formOf(context);
  const options = writeOptionsOf(request.query, 'UpdateOptions');
  const part = partOf(served, info.subresource);
  const { object: read, warnings } = await readObject(server, request, part.kind, options.fieldValidation, part.codec);
  context.warnings.push(...warnings);
  ensureNamespace(read, info.namespace);
  checkName(read, info.name, info.namespace);
  walk.pass(undefined, read);
  walk.enter('defaulting');
  const wanted = part.isScale ? read : defaulted(served, inNamespace(read, info.namespace));
  if (!part.isScale) walk.pass(read, wanted);
  const from = (current: KubeObject | undefined): KubeObject => {
    walk.enter('managed-fields');
    const managed =
      part.isScale && current
        ? manageScale(server, context, served, part, current, wanted, options.fieldManager)
        : manage(server, context, served, current, wanted, options.fieldManager);
    walk.pass(wanted, managed);
    return managed;
  };
  return admitAndStore(server, context, served, part, form, {
    from,
    dryRun: options.dryRun,
    uid: read.metadata.uid,
  });
}
