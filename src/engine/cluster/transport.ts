/** How the parts of the cluster reach the API server: over the simulated network, with a certificate or a ServiceAccount's token. */
import { serviceAccounts } from '#engine/api';
import { StatusError } from '#engine/apimachinery';
import { type Client, createClient } from '#engine/client-go';
import type { Handler, Net } from '#engine/http';
import type { Process } from '#engine/os';
import type { Millis, World } from '#engine/sim';
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

const HOUR_SECONDS = 3600;
/** A token is renewed when this part of its life is over. */
const RENEW_AT = 0.8;

/**
 * Clients that act as ServiceAccounts of kube-system, as `--use-service-account-credentials` makes the controllers do: the account and
 * its token are made when they are first needed. `root` must be allowed to make them.
 * @upstream staging/src/k8s.io/controller-manager/pkg/clientbuilder/client_builder_dynamic.go
 */
export function accountClients(
  world: World,
  net: Net,
  address: string,
  root: Client,
  userAgent: string,
): (account: string) => Client {
  const authority = `${address}:${API_PORT}`;
  const tokenOf = (name: string) => {
    let current: { readonly token: Promise<string>; readonly until: Millis } | undefined;
    return (): Promise<string> => {
      const now = world.clock.now();
      if (!current || now >= current.until) {
        const token = requestToken(root, name);
        current = { token, until: now + HOUR_SECONDS * 1000 * RENEW_AT };
        token.catch(() => {
          current = undefined;
        });
      }
      return current.token;
    };
  };
  return (account) => {
    const token = tokenOf(account);
    const transport: Handler = async (request) => {
      const headers = { ...request.headers, authorization: `Bearer ${await token()}` };
      return net.fetch({ ...request, headers, scheme: 'https', authority });
    };
    return createClient(transport, { userAgent });
  };
}

async function requestToken(root: Client, name: string): Promise<string> {
  const account = { namespace: 'kube-system', name };
  const ask = () =>
    root.createSubresource(serviceAccounts, account, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [], expirationSeconds: HOUR_SECONDS },
    });
  const answer = await ask().catch(async (error) => {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error;
    await root.create(serviceAccounts, { metadata: account });
    return ask();
  });
  return (answer as { readonly status: { readonly token: string } }).status.token;
}
