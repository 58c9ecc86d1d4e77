/**
 * Calling a webhook: through its Service, or at its URL. Other servers' questions (conversion) go the same way.
 * @upstream staging/src/k8s.io/apiserver/pkg/util/webhook/client.go, webhook.go
 */
import { services } from '#engine/api';
import { RootsError, rootsFrom, type TrustedRoots, verifyServer } from '#engine/apimachinery/x509';
import { bodyText, type HttpResponse, httpRequest, type Net, NetError } from '#engine/http';
import { fromBase64, type World } from '#engine/sim';
import type { Stores } from '../../endpoints/endpoint.ts';
import { dialError } from '../../endpoints/subresources/kubelet.ts';

/** Where a webhook is: of an admission webhook, or of a CustomResourceDefinition's conversion. */
export interface WebhookTarget {
  /** Whom to trust: base64 of PEM. Absent: nobody, for there are no roots of the system. */
  readonly caBundle?: string;
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
}

export interface WebhookSurroundings {
  readonly world: World;
  readonly stores: Stores;
  readonly net: Net | undefined;
}

/** The webhook gave no usable answer; the message is what follows `failed to call webhook: ` or `conversion webhook for … failed: `. */
export class WebhookCallError extends Error {}

const HTTPS = 443;

/** The server's certificates were refused, in Go's words. */
class HandshakeError extends NetError {
  constructor(message: string) {
    super('ECONNRESET', message);
  }
}

/** There is no client for this webhook at all. */
export class WebhookClientError extends WebhookCallError {}

interface Address {
  /** Whom the server must be certified to be. */
  readonly host: string;
  /** As upstream prints it. */
  readonly url: string;
  /** Whom to ask in the network. */
  readonly dial: () => string;
}

function addressOf({ url, service }: WebhookTarget, stores: Stores): Address {
  if (url !== undefined) return { url, host: hostOf(authorityOf(url)), dial: () => url };
  const { namespace = '', name = '', path = '', port = HTTPS } = service ?? {};
  const rest = path.startsWith('/') ? path : `/${path}`;
  return {
    url: `https://${name}.${namespace}.svc:${port}${rest}`,
    host: `${name}.${namespace}.svc`,
    dial: () => {
      const found = stores.of(services).find(namespace, name);
      if (!found) throw new NetError('ENOTFOUND', `service ${JSON.stringify(name)} not found`);
      const { clusterIP, externalName, type } = found.spec ?? {};
      const host = type === 'ExternalName' ? externalName : clusterIP;
      return `https://${host?.includes(':') ? `[${host}]` : host}:${port}${rest}`;
    },
  };
}

const authorityOf = (url: string): string => {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  return /:\d+$/.test(authority) ? authority : `${authority}:${HTTPS}`;
};

const hostOf = (authority: string): string => authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

const isAddress = (authority: string): boolean => /^(?:\[|\d+\.\d+\.\d+\.\d+:)/.test(authority);

/** What Go's dialer says. */
function unreachable(authority: string, error: NetError): string {
  if (error instanceof HandshakeError || error.message.startsWith('service ')) return error.message;
  if (error.code === 'ENOTFOUND') return `dial tcp: lookup ${authority.replace(/:\d+$/, '')}: no such host`;
  return dialError(authority, error);
}

/** A network that has nobody in it. */
function nobody(authority: string): never {
  throw isAddress(authority)
    ? new NetError('ECONNREFUSED', 'connect: connection refused')
    : new NetError('ENOTFOUND', 'no such host');
}

async function withinTime<T>(
  { clock }: World,
  seconds: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  let timedOut = false;
  const late = new Promise<undefined>((resolve) => {
    const timer = clock.after(seconds * 1000, 'apiserver.webhook-timeout', () => {
      timedOut = true;
      resolve(undefined);
      controller.abort();
    });
    controller.signal.addEventListener('abort', () => timer.cancel(), { once: true });
  });
  try {
    return await Promise.race([ask(controller.signal), late]);
  } catch (error) {
    if (timedOut) return undefined;
    throw error;
  } finally {
    controller.abort();
  }
}

/** What a client makes of an answer that is no success. @upstream staging/src/k8s.io/client-go/rest/request.go transformResponse */
function refusalOf({ status }: HttpResponse, text: string): string {
  if (status === 404) return 'the server could not find the requested resource';
  if (status === 401) return 'the server has asked for the client to provide credentials';
  if (status === 403) return 'forbidden';
  if (status >= 500)
    return `an error on the server (${JSON.stringify(text.trim() || 'unknown')}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const first = text.trimStart()[0];
    const why =
      first === undefined
        ? 'unexpected end of JSON input'
        : `couldn't get version/kind; json parse error: invalid character '${first}' looking for beginning of value`;
    throw new WebhookCallError(why);
  }
}

/** Whom a webhook's bundle trusts. Throws WebhookClientError. */
function trusted({ caBundle }: WebhookTarget): TrustedRoots {
  if (!caBundle) return [];
  try {
    return rootsFrom(new TextDecoder().decode(fromBase64(caBundle)));
  } catch (error) {
    if (error instanceof RootsError) throw new WebhookClientError(error.message);
    throw error;
  }
}

/** How the server's certificates are looked at. */
function handshakeWith(roots: TrustedRoots, host: string, { clock }: World): (presented: string | undefined) => void {
  return (presented) => {
    if (presented === undefined) throw new HandshakeError('http: server gave HTTP response to HTTPS client');
    const why = verifyServer(presented, { roots, host, now: clock.now() });
    if (why !== undefined) throw new HandshakeError(why);
  };
}

/** POSTs a review and reads the answer. Throws WebhookCallError. */
export async function callWebhook(
  { world, stores, net }: WebhookSurroundings,
  target: WebhookTarget,
  review: unknown,
  timeoutSeconds: number,
): Promise<unknown> {
  const { url, host, dial } = addressOf(target, stores);
  const handshake = handshakeWith(trusted(target), host, world);
  const failed = (why: string) =>
    new WebhookCallError(`Post ${JSON.stringify(`${url}?timeout=${timeoutSeconds}s`)}: ${why}`);
  let authority = authorityOf(url);
  let response: HttpResponse | undefined;
  try {
    const place = dial();
    authority = authorityOf(place);
    const request = httpRequest('POST', `${place}?timeout=${timeoutSeconds}s`, {
      headers: { 'content-type': 'application/json', accept: 'application/json', host: authorityOf(url) },
      body: { kind: 'json', value: review },
      handshake,
    });
    response = await withinTime(world, timeoutSeconds, (signal) =>
      net ? net.fetch({ ...request, signal }) : Promise.resolve().then(() => nobody(authority)),
    );
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw failed(unreachable(authority, error));
  }
  if (!response) throw failed('context deadline exceeded');
  const { body } = response;
  if (response.status >= 300) throw new WebhookCallError(`${refusalOf(response, await bodyText(body))}`);
  return body?.kind === 'json' ? body.value : parsed(await bodyText(body));
}
