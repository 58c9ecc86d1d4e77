/** Who converts between versions. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceConversion */
import { type FieldError, fieldErrors, isDns1035Label } from '#engine/apimachinery';
import { RootsError, rootsFrom } from '#engine/apimachinery/x509';
import { fromBase64 } from '#engine/sim';
import { checkWebhookClient } from '../registry/webhook-client.ts';
import { type Definition, isConditionTrue } from './schema-props.ts';

type Conversion = NonNullable<Definition['spec']['conversion']>;

const { forbidden, invalid, notSupported, required } = fieldErrors;
const ACCEPTED = ['v1', 'v1beta1'];

/** Why nobody could be trusted by the webhook's bundle; undefined: it has none, or a good one. */
export function bundleFault(conversion: Conversion | undefined): string | undefined {
  const caBundle = conversion?.webhook?.clientConfig?.caBundle;
  if (!caBundle) return undefined;
  try {
    rootsFrom(new TextDecoder().decode(fromBase64(caBundle)));
    return undefined;
  } catch (error) {
    if (error instanceof RootsError) return error.message;
    throw error;
  }
}

/** A definition that is established keeps a bundle that can be used. */
const mayHaveBadBundle = (current: Definition | undefined): boolean =>
  !current || !isConditionTrue(current, 'Established') || bundleFault(current.spec.conversion) !== undefined;

/** @param current what the definition was before; absent: it is new */
export function checkConversion(
  errors: FieldError[],
  conversion: Conversion | undefined,
  path: string,
  current: Definition | undefined,
): void {
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
  if (config) checkWebhookClient(errors, `${path}.webhookClientConfig`, config);
  const fault = mayHaveBadBundle(current) ? undefined : bundleFault(conversion);
  if (config && fault !== undefined)
    errors.push(invalid(`${path}.webhookClientConfig.caBundle`, config.caBundle, fault));
  if (!config) errors.push(required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  checkReviewVersions(errors, versions, `${path}.conversionReviewVersions`);
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
