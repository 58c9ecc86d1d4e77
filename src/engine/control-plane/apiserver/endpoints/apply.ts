/** Server-side apply: from the body of an apply patch to the new object. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go applyPatcher */

import { apiVersionOf } from '#engine/api';
import {
  DecodeError,
  failure,
  isJsonMap,
  type JsonMap,
  type KubeObject,
  type ObjectBody,
  parseJson,
  type ReadYaml,
  scaleManagedFields,
  serverSideApply,
  statusErrors,
  YamlSyntaxError,
} from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import type { ApiContext } from '../context.ts';
import { defaulted } from './defaulting.ts';
import type { Served, Server } from './endpoint.ts';
import { fromScale, keepTimes, managerOf, resetFieldsOf, withManagedFields } from './field-manager.ts';
import { checkName, inNamespace } from './names.ts';
import type { WriteOptions } from './options.ts';
import type { Part } from './part.ts';

/** Throws 400 for bodies that are no configuration, 409 with every conflict. */
export function applyObject(
  server: Server,
  context: ApiContext,
  served: Served,
  part: Part,
  live: KubeObject | undefined,
  body: ObjectBody,
  options: WriteOptions,
): KubeObject {
  const { info } = context;
  const { config, duplicates } = readConfiguration(body);
  checkKind(config, part);
  const { schema } = part.codec;
  const before =
    live &&
    (part.isScale
      ? withManagedFields(part.show(live), scaleManagedFields(live.metadata.managedFields))
      : part.show(live));
  const merged = serverSideApply(before, config, schema, {
    manager: managerOf(context, options.fieldManager),
    apiVersion: apiVersionOf(part.kind),
    time: formatTime(server.world.clock.now()),
    force: options.force ?? false,
    resetFields: part.isScale ? undefined : resetFieldsOf(served, info.subresource),
    ...(info.subresource && { subresource: info.subresource }),
  });
  if (duplicates.length > 0 && options.fieldValidation === 'Strict') {
    const faults = duplicates.map((text) => `\n  ${text}`).join('');
    throw statusErrors.badRequest(
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:${faults}`,
    );
  }
  const { object, warnings } = converted(merged, part, options);
  for (const warning of options.fieldValidation === 'Warn' ? [...duplicates, ...warnings] : warnings)
    if (!context.warnings.includes(warning)) context.warnings.push(warning);
  if (!live && object.metadata.uid) {
    const why = `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`;
    throw statusErrors.conflict({ group: served.resource.group, resource: served.resource.plural }, info.name, why);
  }
  checkName(object, info.name, info.namespace);
  const { walk } = context;
  walk.pass(live, object);
  if (part.isScale) return fromScale(served, part, live as KubeObject, object);
  walk.enter('defaulting');
  const complete = keepTimes(live, defaulted(served, inNamespace(object, info.namespace)));
  walk.pass(object, complete);
  return complete;
}

/** Throws for values that fit the schema's word for them and not their type: 1.5 where there is a whole number. */
function converted(
  merged: KubeObject,
  part: Part,
  { fieldValidation }: WriteOptions,
): ReturnType<Part['codec']['applied']> {
  try {
    return part.codec.applied(merged, fieldValidation);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { namespace = '', name = '' } = merged.metadata;
    const kind = `${apiVersionOf(part.kind)}, Kind=${part.kind.kind}`;
    throw failure(
      500,
      `failed to convert new object (${namespace}/${name}; ${kind}) to proper version: ${error.message}`,
    );
  }
}

interface Configuration {
  readonly config: JsonMap;
  /** What a strict reader would refuse, a sentence each. */
  readonly duplicates: readonly string[];
}

function readConfiguration(body: ObjectBody): Configuration {
  const parsed: Parsed =
    body.kind === 'json'
      ? { value: body.value }
      : parse(body.kind === 'text' ? body.text : new TextDecoder().decode(body.bytes), body);
  const { value, duplicates = [] } = parsed;
  if (isJsonMap(value)) return { config: value, duplicates };
  if (value === null || value === undefined) return { config: {}, duplicates };
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw statusErrors.badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
  );
}

interface Parsed {
  readonly value: unknown;
  readonly duplicates?: readonly string[];
}

function parse(text: string, { readYaml }: { readonly readYaml?: ReadYaml }): Parsed {
  try {
    return readYaml ? readYaml(text) : { value: parseJson(text).value };
  } catch (error) {
    if (error instanceof YamlSyntaxError)
      throw statusErrors.badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function checkKind({ apiVersion, kind }: JsonMap, { kind: expected }: Part): void {
  if (apiVersion === apiVersionOf(expected) && kind === expected.kind) return;
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  throw statusErrors.badRequest(
    `invalid object type: ${version.includes('/') ? version : `/${version}`}, Kind=${typeof kind === 'string' ? kind : ''}`,
  );
}
