/** The JSON schema of everything the server knows, read from it again when what it serves changes. */
import { useEffect, useState } from 'react';
import { type Client, type ServedGroup, useClient, useDiscovery } from '../../cluster/index.ts';
import { fetchOpenApi, type JsonSchema, manifestSchema } from './cluster/openapi-schema.ts';

/** By what was served when it was read: the same array until that changes. */
const schemas = new WeakMap<readonly ServedGroup[], Promise<JsonSchema>>();

function schemaOf(client: Client, groups: readonly ServedGroup[]): Promise<JsonSchema> {
  let schema = schemas.get(groups);
  if (!schema) {
    schema = fetchOpenApi(client).then(manifestSchema);
    schemas.set(groups, schema);
    schema.catch(() => schemas.delete(groups));
  }
  return schema;
}

export function useSchema(): JsonSchema | undefined {
  const client = useClient();
  const groups = useDiscovery();
  const [schema, setSchema] = useState<JsonSchema>();
  useEffect(() => {
    if (!groups) return;
    let here = true;
    schemaOf(client, groups).then(
      (found) => here && setSchema(found),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [client, groups]);
  return schema;
}
