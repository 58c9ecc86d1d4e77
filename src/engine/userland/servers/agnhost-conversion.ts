/** `agnhost crd-conversion-webhook`: stable.example.com/v1 has hostPort where v2 has host and port. @upstream test/images/agnhost/crd-conversion-webhook */
import { bodyText, type Handler, jsonResponse, textResponse } from '#engine/http';
import { type Program, print, untilSignal } from '#engine/os';
import { klogLine, listenTls } from './tls-files.ts';

interface Custom {
  readonly apiVersion?: string;
  readonly hostPort?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
}

interface ConversionReview {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly request?: {
    readonly uid?: string;
    readonly desiredAPIVersion?: string;
    readonly objects?: readonly Custom[];
  };
}

/** Why an object cannot be converted. */
class ConversionError extends Error {}

const V1 = 'stable.example.com/v1';
const V2 = 'stable.example.com/v2';

function convert(object: Custom, to: string): Custom {
  const { apiVersion: from = '', hostPort, host, port, ...rest } = object;
  if (from === to) throw new ConversionError(`conversion from a version to itself should not call the webhook: ${to}`);
  if (from !== V1 && from !== V2) throw new ConversionError(`unexpected conversion version ${JSON.stringify(from)}`);
  if (to !== V1 && to !== V2) throw new ConversionError(`unexpected conversion version ${JSON.stringify(to)}`);
  if (from === V1) {
    if (hostPort === undefined) return { ...object, apiVersion: to };
    const parts = String(hostPort).split(':');
    if (parts.length !== 2) throw new ConversionError(`invalid hostPort value \`${String(hostPort)}\``);
    return { ...rest, apiVersion: to, host: parts[0], port: parts[1] };
  }
  if (host === undefined && port === undefined) return { ...object, apiVersion: to };
  return { ...rest, apiVersion: to, hostPort: `${String(host ?? '')}:${String(port ?? '')}` };
}

function answer({ request: { uid, desiredAPIVersion = '', objects = [] } = {} }: ConversionReview): object {
  try {
    const convertedObjects = objects.map((object) => convert(object, desiredAPIVersion));
    return { uid, convertedObjects, result: { metadata: {}, status: 'Success' } };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return { uid, convertedObjects: null, result: { metadata: {}, status: 'Failure', message: error.message } };
  }
}

/** @fidelity partial: reviews are read as JSON, not as YAML */
export const conversionWebhook: Program = async (process) => {
  const refuse = async (why: string) => {
    await print(process.stderr, klogLine(process, 'E', 'framework.go:160', why));
    return textResponse(400, `${why}\n`);
  };
  const handler: Handler = async ({ path, headers, body }) => {
    await process.compute(0.1);
    if (path === '/readyz') return textResponse(200, 'ok');
    if (path !== '/crdconvert') return textResponse(404, '404 page not found\n');
    const type = headers['content-type'] ?? '';
    if (type !== 'application/json') return refuse(`invalid Content-Type header \`${type}\``);
    const text = await bodyText(body);
    let review: ConversionReview;
    try {
      review = JSON.parse(text) as ConversionReview;
    } catch {
      return refuse(`failed to deserialize body (${text}) with error couldn't get version/kind; json parse error`);
    }
    const { kind = '', apiVersion = '' } = review;
    if (kind !== 'ConversionReview' || !/^apiextensions\.k8s\.io\/(v1|v1beta1)$/.test(apiVersion))
      return refuse(`Unsupported group version kind: ${apiVersion}, Kind=${kind}`);
    return jsonResponse(200, { kind, apiVersion, response: answer(review) }, { 'content-type': 'application/json' });
  };
  const failed = await listenTls(process, handler);
  if (failed !== undefined) return failed;
  await untilSignal(process, ['SIGTERM', 'SIGINT']);
  return 0;
};
