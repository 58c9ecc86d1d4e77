/** The way update, patch and apply share once it is known what they want. */
import type { KubeObject } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { attributesOf, namespaceOf, type Served, type Server, writeContext } from './endpoint.ts';
import type { Negotiated } from './negotiate.ts';
import type { Part } from './part.ts';

/** What a write wants. */
export interface Change {
  /** The object to be, from the stored one; asked again when another write comes between. */
  readonly from: (current: KubeObject | undefined) => KubeObject;
  readonly dryRun: boolean;
  /** Creates what is not there, whatever the strategy says. */
  readonly forceCreate?: boolean;
  /** Of the object that is meant. */
  readonly uid?: string | undefined;
}

/** Admission, storage, answer. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/update.go */
export async function admitAndStore(
  server: Server,
  context: ApiContext,
  served: Served,
  part: Part,
  form: Negotiated,
  { from, dryRun, forceCreate, uid }: Change,
): Promise<HttpResponse> {
  const { name } = context.info;
  const next = async (oldObject: KubeObject | undefined): Promise<KubeObject> => {
    const object = from(oldObject);
    const operation = oldObject ? 'UPDATE' : 'CREATE';
    const attributes = attributesOf(context, served.resource, operation, { name, object, oldObject, dryRun });
    return (await server.admission.admit(attributes)) ?? object;
  };
  const { object, created } = await served.store.update(
    {
      namespace: namespaceOf(context),
      name,
      next,
      ...(forceCreate && { forceCreate }),
      ...(uid !== undefined && { uid }),
      ...(part.subresource && { subresource: part.subresource }),
    },
    writeContext(server, context, served, 'UPDATE', dryRun),
  );
  return part.respond(server, context, form, created ? 201 : 200, object);
}
