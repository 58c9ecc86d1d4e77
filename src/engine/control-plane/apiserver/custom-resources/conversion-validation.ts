/** Who converts between versions. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceConversion */
import { type FieldError, fieldErrors, isDns1035Label, isValidPortNum } from '#engine/apimachinery';
import type { Definition } from './schema-props.ts';

type Conversion = NonNullable<Definition['spec']['conversion']>;
type ClientConfig = NonNullable<NonNullable<Conversion['webhook']>['clientConfig']>;

const { forbidden, invalid, notSupported, required } = fieldErrors;
const ACCEPTED = ['v1', 'v1beta1'];

export function checkConversion(errors: FieldError[], conversion: Conversion | undefined, path: string): void {
  if (!conversion) return;
  const { strategy, webhook } = conversion;
  const strategies = ['None', 'Webhook'];
  if (!strategy) errors.push(required(`${path}.strategy`));
  else if (!strategies.includes(strategy)) errors.push(notSupported(`${path}.strategy`, strategy, strategies));
  const config = webhook?.clientConfig;
  const versions = webhook?.conversionReviewVersions ?? [];
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook';
    if (config) errors.push(forbidden(`${path}.webhookClientConfig`, why));
    if (versions.length > 0) errors.push(forbidden(`${path}.conversionReviewVersions`, why));
    return;
  }
  if (config) checkClientConfig(errors, config, `${path}.webhookClientConfig`);
  else errors.push(required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  checkReviewVersions(errors, versions, `${path}.conversionReviewVersions`);
}

/** @upstream staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go */
function checkClientConfig(errors: FieldError[], { url, service }: ClientConfig, path: string): void {
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'));
    return;
  }
  if (url !== undefined) checkUrl(errors, url, `${path}.url`);
  if (!service) return;
  if (!service.name) errors.push(required(`${path}.service.name`, 'service name is required'));
  if (!service.namespace) errors.push(required(`${path}.service.namespace`, 'service namespace is required'));
  const port = service.port ?? 443;
  const faults = isValidPortNum(port);
  if (faults.length > 0) errors.push(invalid(`${path}.service.port`, port, `port is not valid: ${faults.join(',')}`));
  if (service.path !== undefined && !service.path.startsWith('/'))
    errors.push(invalid(`${path}.service.path`, service.path, "must start with a '/'"));
}

function checkUrl(errors: FieldError[], url: string, path: string): void {
  const form = '; desired format: https://host[/path]';
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url);
  const [, scheme = '', host = '', , query, fragment] = match ?? [];
  if (scheme.toLowerCase() !== 'https') {
    errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
  }
  if (host === '') errors.push(invalid(path, host, `host must be specified${form}`));
  if (host.includes('@'))
    errors.push(invalid(path, host.split('@')[0], 'user information is not permitted in the URL'));
  if (fragment) errors.push(invalid(path, fragment.slice(1), 'fragments are not permitted in the URL'));
  if (query) errors.push(invalid(path, query.slice(1), 'query parameters are not permitted in the URL'));
}

function checkReviewVersions(errors: FieldError[], versions: readonly string[], path: string): void {
  if (versions.length === 0) {
    errors.push(required(path));
    return;
  }
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) {
      errors.push(invalid(`${path}[${i}]`, version, 'duplicate version'));
      continue;
    }
    for (const fault of isDns1035Label(version)) errors.push(invalid(`${path}[${i}]`, version, fault));
  }
  if (!versions.some((version) => ACCEPTED.includes(version)))
    errors.push(invalid(path, versions, `must include at least one of ${ACCEPTED.join(', ')}`));
}
