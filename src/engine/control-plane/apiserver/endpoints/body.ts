/** Request bodies as objects of a kind. */

import { failure, type ObjectBody, type StatusError } from '#engine/apimachinery';
import { bodyBytes, type HttpRequest } from '#engine/http';
import { type ExpectedKind, goCodec, type KindCodec, type ReadObject } from './codec.ts';
import type { Server } from './endpoint.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** Three mebibytes, as upstream's default. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The media type without parameters. */
export function contentTypeOf({ headers }: HttpRequest): string {
  const header = headers['content-type'] ?? '';
  const semicolon = header.indexOf(';');
  return (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

/** The whole body. Throws 413. */
export async function readBody(server: Server, request: HttpRequest): Promise<ObjectBody> {
  const { body } = request;
  if (!body) return { kind: 'text', text: '' };
  if (body.kind === 'json') {
    if (jsonLength(body.value, MAX_BODY_BYTES) > MAX_BODY_BYTES) throw tooLarge();
    return body;
  }
  const whole: ObjectBody = body.kind === 'stream' ? { kind: 'bytes', bytes: await bodyBytes(body) } : body;
  const size = whole.kind === 'bytes' ? whole.bytes.length : whole.kind === 'text' ? whole.text.length : 0;
  if (size > MAX_BODY_BYTES) throw tooLarge();
  const contentType = contentTypeOf(request);
  if (contentType === PROTOBUF && whole.kind === 'bytes')
    return { ...whole, numbers: (await server.load('openapi')).protobufNumbers };
  if (!contentType.endsWith('yaml')) return whole;
  return { ...whole, readYaml: (await server.load('yaml')).parseYaml };
}

/** About the length of a value as JSON, in characters; no longer exact once it is past `enough`. Most bodies never were text. */
function jsonLength(value: unknown, enough: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  let length = 2;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && length <= enough; i++) length += 1 + jsonLength(value[i], enough - length);
    return length;
  }
  for (const name in value) {
    length += name.length + 4 + jsonLength((value as { readonly [name: string]: unknown })[name], enough - length);
    if (length > enough) break;
  }
  return length;
}

const tooLarge = (): StatusError =>
  failure(413, `Request entity too large: limit is ${MAX_BODY_BYTES}`, 'RequestEntityTooLarge');

/** Reads an object of the expected kind. Throws 400, 413 or 415. */
export async function readObject(
  server: Server,
  request: HttpRequest,
  expected: ExpectedKind,
  fieldValidation: 'Ignore' | 'Warn' | 'Strict',
  codec: KindCodec = goCodec(expected),
): Promise<ReadObject> {
  const body = await readBody(server, request);
  return codec.read(body, contentTypeOf(request), fieldValidation);
}
