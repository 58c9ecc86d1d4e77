/**
 * How a webhook is reached: by URL or through a Service.
 * @upstream staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go
 */
import { fieldErrors, isDns1123Subdomain, isValidPortNum } from '#engine/apimachinery';
import type { Errors } from './validation.ts';

interface Service {
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly port?: number;
}

const FORM = '; desired format: https://host[/path]';

function checkWebhookUrl(errors: Errors, path: string, url: string): void {
  const unreadable = url.startsWith(':')
    ? 'missing protocol scheme'
    : /^[^A-Za-z/?#][^/?#]*:/.test(url)
      ? 'first path segment in URL cannot contain colon'
      : undefined;
  if (unreadable) {
    const why = `url must be a valid URL: parse ${JSON.stringify(url)}: ${unreadable}${FORM}`;
    errors.push(fieldErrors.required(path, why));
    return;
  }
  const [, scheme = '', , authority = '', , query, , fragment] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#(.*))?$/.exec(url) ?? [];
  const [, user, host = ''] = /^(?:(.*)@)?(.*)$/.exec(authority) ?? [];
  const refuse = (value: string, why: string) => errors.push(fieldErrors.invalid(path, value, why));
  if (scheme !== 'https') refuse(scheme, `'https' is the only allowed URL scheme${FORM}`);
  if (host === '') refuse(host, `host must be specified${FORM}`);
  if (user !== undefined) refuse(user, 'user information is not permitted in the URL');
  if (fragment) refuse(fragment, 'fragments are not permitted in the URL');
  if (query) refuse(query, 'query parameters are not permitted in the URL');
}

function checkServicePath(errors: Errors, path: string, urlPath: string): void {
  if (urlPath === '' || urlPath === '/') return;
  const refuse = (why: string) => errors.push(fieldErrors.invalid(path, urlPath, why));
  if (urlPath === '//') {
    refuse('segment[0] may not be empty');
    return;
  }
  if (!urlPath.startsWith('/')) refuse("must start with a '/'");
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '') refuse(`segment[${index}] may not be empty`);
    else for (const fault of isDns1123Subdomain(step)) refuse(`segment[${index}]: ${fault}`);
  }
}

function checkWebhookService(errors: Errors, path: string, service: Service): void {
  // Upstream's callers hand name and namespace over the wrong way round.
  if (!service.namespace) errors.push(fieldErrors.required(`${path}.name`));
  if (!service.name) errors.push(fieldErrors.required(`${path}.namespace`));
  const faults = isValidPortNum(service.port ?? 0);
  if (faults.length > 0)
    errors.push(fieldErrors.invalid(`${path}.port`, service.port ?? 0, `port is not valid: ${faults.join(',')}`));
  if (service.path !== undefined) checkServicePath(errors, `${path}.path`, service.path);
}

/** Either a URL or a Service, with the port it has by default filled in. */
export function checkWebhookClient(
  errors: Errors,
  path: string,
  { url, service }: { readonly url?: string; readonly service?: Service },
): void {
  if ((url === undefined) === (service === undefined))
    errors.push(fieldErrors.required(path, 'exactly one of url or service is required'));
  else if (url !== undefined) checkWebhookUrl(errors, `${path}.url`, url);
  else if (service) checkWebhookService(errors, `${path}.service`, service);
}
