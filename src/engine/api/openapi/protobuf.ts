/**
 * The OpenAPI v2 document in protobuf, the only form kubectl before 1.29 asks for. Field numbers of gnostic's openapi.v2.
 * @upstream vendor/github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto
 */
import { isJsonMap } from '#engine/apimachinery';
import type { Json } from './schemas.ts';

const encoder = new TextEncoder();

/** Bytes in pieces, joined once at the end. */
class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  #varint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 127) {
      bytes.push((rest & 127) | 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
    this.#push(Uint8Array.from(bytes));
  }

  bytes(number: number, value: Uint8Array): this {
    this.#varint(number * 8 + 2);
    this.#varint(value.length);
    this.#push(value);
    return this;
  }

  text(number: number, value: unknown): this {
    return typeof value === 'string' ? this.bytes(number, encoder.encode(value)) : this;
  }

  message(number: number, value: Message | undefined): this {
    return value ? this.bytes(number, value.finish()) : this;
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** Values of extensions travel as YAML; JSON is YAML. */
const any = (value: unknown) => new Message().text(2, `${JSON.stringify(value)}\n`);
const named = (name: string, value: Message) => new Message().text(1, name).message(2, value);

function additionalProperties(value: unknown): Message | undefined {
  return isJsonMap(value) ? new Message().message(1, schemaMessage(value)) : undefined;
}

function schemaMessage(schema: Json): Message {
  const message = new Message().text(1, schema.$ref).text(2, schema.format).text(4, schema.description);
  for (const name of Array.isArray(schema.required) ? schema.required : []) message.text(19, name);
  for (const value of Array.isArray(schema.enum) ? schema.enum : []) message.message(20, any(value));
  message.message(21, additionalProperties(schema.additionalProperties));
  if (schema.type !== undefined) message.message(22, new Message().text(1, schema.type));
  if (isJsonMap(schema.items)) message.message(23, new Message().message(1, schemaMessage(schema.items)));
  if (isJsonMap(schema.properties)) {
    const properties = new Message();
    for (const [name, property] of Object.entries(schema.properties))
      properties.message(1, named(name, schemaMessage(property as Json)));
    message.message(25, properties);
  }
  for (const [name, value] of Object.entries(schema))
    if (name.startsWith('x-')) message.message(31, named(name, any(value)));
  return message;
}

/** How the answer names itself; clients ask for the same with `@` before `v1.0`. */
export const OPENAPI_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** The bytes of a document made by openApiV2. */
export function encodeOpenApiV2(document: Json): Uint8Array {
  const info = isJsonMap(document.info) ? document.info : {};
  const definitions = new Message();
  for (const [name, schema] of Object.entries(isJsonMap(document.definitions) ? document.definitions : {})) {
    definitions.message(1, named(name, schemaMessage(schema as Json)));
  }
  return new Message()
    .text(1, document.swagger)
    .message(2, new Message().text(1, info.title).text(2, info.version))
    .message(8, new Message())
    .message(9, definitions)
    .finish();
}
