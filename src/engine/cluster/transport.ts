/** How the parts of the cluster reach the API server: over the simulated network, with a certificate or a ServiceAccount's token. */
import { type Client, createClient } from '#engine/client-go';
import type { Handler, Net } from '#engine/http';
import type { Process } from '#engine/os';
import { API_PORT } from './options.ts';

export interface Identity {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** A client of the API server at `address` that shows a client certificate. */
export function certificateClient(net: Net, address: string, certificate: Identity, userAgent: string): Client {
  const peer = { address: '', certificate };
  const authority = `${address}:${API_PORT}`;
  const transport: Handler = (request) => net.fetch({ ...request, scheme: 'https', authority, peer });
  return createClient(transport, { userAgent });
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** What client-go's in-cluster configuration gives a Pod: the `kubernetes` Service and the mounted token. */
export function inClusterClient(process: Process, userAgent: string): Client {
  const host = process.env.get('KUBERNETES_SERVICE_HOST');
  const port = process.env.get('KUBERNETES_SERVICE_PORT');
  if (!host || !port)
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
  const token = new TextDecoder().decode(process.fs.readFile(TOKEN));
  const authority = `${host}:${port}`;
  const transport: Handler = (request) => process.net.fetch({ ...request, scheme: 'https', authority });
  return createClient(transport, { userAgent, token });
}
