/** delete and deletecollection. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go */

import { schemaForKind } from '#engine/api';
import {
  DecodeError,
  type DeleteOptions,
  decodeObject,
  decodeProtobuf,
  isNotFound,
  JsonSyntaxError,
  type KubeObject,
  type ObjectBody,
  ProtobufError,
  type ProtobufNumbers,
  parseJson,
  type Status,
  type StructSchema,
  statusErrors,
  YamlSyntaxError,
} from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { validateDeleteOptions } from '../registry/generic/deletion.ts';
import type { Store } from '../registry/generic/store.ts';
import { queryBool } from '../request-info.ts';
import { contentTypeOf, readBody } from './body.ts';
import { attributesOf, type Served, type Server, writeContext } from './endpoint.ts';
import { listOptionsOf, readInt } from './options.ts';
import { formOf, respondJson, respondList, respondObject } from './respond.ts';
import { selectionOf } from './selection.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27';

export async function deleteObject(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { info } = context;
  const form = formOf(context);
  const { store } = served;
  const options = await deleteOptionsOf(server, context);
  const dryRun = (options.dryRun?.length ?? 0) > 0;
  const attributes = attributesOf(context, served.resource, 'DELETE', {
    name: info.name,
    object: undefined,
    oldObject: undefined,
    dryRun,
  });
  await server.admission.admit(attributes);
  const { object, gone } = await store.delete(
    info.namespace,
    info.name,
    options,
    writeContext(server, context, served, 'DELETE', dryRun),
  );
  if (!gone || store.returnsDeleted) {
    return respondObject(
      server,
      context,
      served,
      form,
      !gone && options.orphanDependents === false ? 202 : 200,
      object,
    );
  }
  return respondJson(200, deletedStatus(store, object));
}

export async function deleteCollection(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request } = context;
  const form = formOf(context);
  const { store } = served;
  const listOptions = listOptionsOf(request.query, false);
  const options = await deleteOptionsOf(server, context);
  const dryRun = (options.dryRun?.length ?? 0) > 0;
  const attributes = attributesOf(context, served.resource, 'DELETE', {
    name: '',
    object: undefined,
    oldObject: undefined,
    dryRun,
  });
  await server.admission.admit(attributes);
  const query = { ...listOptions, selection: selectionOf(context, served, listOptions) };
  const result = await store.reading(() => store.list(query));
  for (const { metadata } of result.items) {
    try {
      const write = writeContext(server, context, served, 'DELETE', dryRun);
      await store.delete(metadata.namespace, metadata.name, options, { ...write, namespace: metadata.namespace });
    } catch (error) {
      // Somebody else was faster: what was asked for has happened.
      if (!isNotFound(error)) throw error;
    }
  }
  // What was found, not what became of it.
  return respondList(server, context, served, form, result);
}

function deletedStatus(store: Store, { metadata }: KubeObject): Status {
  const { group, plural } = store.resource;
  const details = {
    name: metadata.name,
    ...(group && { group }),
    kind: plural,
    ...(metadata.uid && { uid: metadata.uid }),
  };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Options from the body, or from the query when there is none. Throws 400, 415 and 422. */
async function deleteOptionsOf(server: Server, { request }: ApiContext): Promise<DeleteOptions> {
  const body = await readBody(server, request);
  const isEmpty = (body.kind === 'text' && body.text === '') || (body.kind === 'bytes' && body.bytes.length === 0);
  const options = isEmpty ? fromQuery(request.query) : fromBody(parse(body, contentTypeOf(request)));
  const faults = validateDeleteOptions(options);
  if (faults.length > 0) throw statusErrors.invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', faults);
  return options;
}

function parse(body: ObjectBody, contentType: string): unknown {
  if (body.kind === 'json') return body.value;
  if (contentType === PROTOBUF && body.kind === 'bytes') return fromProtobuf(body.bytes, body.numbers ?? {});
  if (contentType !== '' && contentType !== 'application/json' && contentType !== 'application/yaml') {
    const types = `application/json, application/yaml, ${PROTOBUF}`;
    throw statusErrors.unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${types}`,
    );
  }
  const text = body.kind === 'text' ? body.text : new TextDecoder().decode(body.bytes);
  try {
    return contentType === 'application/yaml' && body.readYaml ? body.readYaml(text).value : parseJson(text).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof YamlSyntaxError)
      throw statusErrors.badRequest(error.message);
    throw error;
  }
}

function fromProtobuf(bytes: Uint8Array, numbers: ProtobufNumbers): unknown {
  try {
    return decodeProtobuf(bytes, numbers, schemaForKind);
  } catch (error) {
    if (error instanceof ProtobufError) throw statusErrors.badRequest(error.message);
    throw error;
  }
}

function fromQuery(query: URLSearchParams): DeleteOptions {
  if (query.size === 0) return {};
  const gracePeriodSeconds = readInt(query, 'gracePeriodSeconds');
  const propagationPolicy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  const dryRun = query.getAll('dryRun');
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy !== null && {
      propagationPolicy: propagationPolicy as NonNullable<DeleteOptions['propagationPolicy']>,
    }),
    ...(orphan !== null && { orphanDependents: queryBool(orphan) }),
    ...(dryRun.length > 0 && { dryRun }),
  };
}

function fromBody(value: unknown): DeleteOptions {
  const { kind, apiVersion } = (value ?? {}) as { readonly kind?: unknown; readonly apiVersion?: unknown };
  if (typeof kind === 'string' && kind !== '' && kind !== 'DeleteOptions') {
    throw statusErrors.badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? 'v1')} in scheme ${JSON.stringify(SCHEME)}`,
    );
  }
  try {
    const schema = schemaForKind({ group: 'meta.k8s.io', version: 'v1', kind: 'DeleteOptions' }) as StructSchema;
    return decodeObject(value ?? {}, schema).object as DeleteOptions;
  } catch (error) {
    if (error instanceof DecodeError) throw statusErrors.badRequest(error.message);
    throw error;
  }
}
