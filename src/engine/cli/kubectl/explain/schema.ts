/** JSON schemas of OpenAPI documents, as explain reads them. */
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';

export class SchemaDocument {
  constructor(
    private readonly definitions: JsonObject,
    private readonly prefix: string,
  ) {}

  byKind(group: string, version: string, kind: string): JsonObject | undefined {
    for (const schema of Object.values(this.definitions)) {
      const kinds = isObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
      if (!isObject(schema) || !isArray(kinds)) continue;
      if (
        kinds.some(
          (one) => text(one, 'group') === group && text(one, 'version') === version && text(one, 'kind') === kind,
        )
      )
        return schema;
    }
    return undefined;
  }

  /** The name behind `$ref`, directly or as the only part of allOf. */
  refOf(schema: JsonObject): string | undefined {
    const direct = text(schema, '$ref');
    if (direct !== '') return direct.slice(this.prefix.length);
    const parts = schema.allOf;
    return isArray(parts) && parts.length === 1 && isObject(parts[0]) ? this.refOf(parts[0]) : undefined;
  }

  resolve(schema: JsonObject): JsonObject {
    const name = this.refOf(schema);
    const found = name === undefined ? undefined : this.definitions[name];
    return isObject(found) ? found : schema;
  }

  /** What fields are looked for in: through lists and maps. */
  element(schema: JsonObject): JsonObject {
    const resolved = this.resolve(schema);
    const inner =
      resolved.items ?? (isObject(resolved.additionalProperties) ? resolved.additionalProperties : undefined);
    return isObject(inner) ? this.element(inner) : resolved;
  }

  properties(schema: JsonObject): JsonObject {
    const found = at(this.element(schema), 'properties');
    return isObject(found) ? found : {};
  }
}

/** `PodSpec` of `io.k8s.api.core.v1.PodSpec` */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

export const enumOf = (schema: JsonObject): readonly string[] => {
  const values: Json | undefined = schema.enum;
  return isArray(values) ? values.map(String) : [];
};
