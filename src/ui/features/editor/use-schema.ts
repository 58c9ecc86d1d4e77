/** The JSON schema of everything the server knows, read from it once. */
import { useEffect, useState } from 'react';
import type { Client } from '#engine/client-go';
import { useClient } from '../../cluster/index.ts';
import { fetchOpenApi, type JsonSchema, manifestSchema } from './cluster/openapi-schema.ts';

const schemas = new WeakMap<Client, Promise<JsonSchema>>();

function schemaOf(client: Client): Promise<JsonSchema> {
  let schema = schemas.get(client);
  if (!schema) {
    schema = fetchOpenApi(client).then(manifestSchema);
    schemas.set(client, schema);
    schema.catch(() => schemas.delete(client));
  }
  return schema;
}

export function useSchema(): JsonSchema | undefined {
  const client = useClient();
  const [schema, setSchema] = useState<JsonSchema>();
  useEffect(() => {
    let here = true;
    schemaOf(client).then(
      (found) => here && setSchema(found),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [client]);
  return schema;
}
