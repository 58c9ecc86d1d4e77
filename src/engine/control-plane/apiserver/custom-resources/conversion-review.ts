/**
 * ConversionReview: objects of a definition as its webhook converts them.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go
 */
import { isJsonMap, type JsonMap, type KubeObject } from '#engine/apimachinery';
import { WebhookCallError } from '../admission/webhook/client.ts';
import { plainError } from '../endpoints/plain-error.ts';
import { validateAnnotations, validateLabels } from '../registry/generic/object-meta.ts';
import type { Definition } from './schema-props.ts';

/** Posts a review to the definition's webhook and gives its answer. Throws WebhookCallError. */
export type AskWebhook = (definition: Definition, review: unknown) => Promise<unknown>;

const GROUP = 'apiextensions.k8s.io';
const KNOWN = ['v1', 'v1beta1'];

const kindText = ({ apiVersion, kind }: { readonly apiVersion?: unknown; readonly kind?: unknown }): string => {
  const [version = '', group = ''] = String(apiVersion ?? '')
    .split('/')
    .toReversed();
  return `${group}/${version}, Kind=${String(kind ?? '')}`;
};

/** The objects in another version, in their order. Throws 500 in upstream's words. */
export async function convertByWebhook(
  definition: Definition,
  objects: readonly KubeObject[],
  apiVersion: string,
  uid: string,
  ask: AskWebhook,
): Promise<readonly KubeObject[]> {
  const versions = definition.spec.conversion?.webhook?.conversionReviewVersions ?? [];
  const version = versions.find((one) => KNOWN.includes(one));
  if (!version) throw plainError('no supported conversion review versions');
  const about = `conversion webhook for ${kindText(objects[0] as KubeObject)}`;
  const review = {
    kind: 'ConversionReview',
    apiVersion: `${GROUP}/${version}`,
    request: { uid, desiredAPIVersion: apiVersion, objects },
  };
  let converted: readonly unknown[];
  try {
    converted = convertedObjects(await ask(definition, review), uid, version);
  } catch (error) {
    if (error instanceof WebhookCallError) throw plainError(`${about} failed: ${error.message}`);
    throw error;
  }
  if (converted.length !== objects.length) {
    throw plainError(`${about} returned ${converted.length} objects, expected ${objects.length}`);
  }
  return objects.map((object, i) => checked(object, converted[i], apiVersion));
}

/** Throws WebhookCallError for an answer that is none. */
function convertedObjects(answer: unknown, uid: string, version: string): readonly unknown[] {
  const review = isJsonMap(answer) ? answer : {};
  const { response } = review;
  if (version === 'v1') {
    const expected = `${GROUP}/v1, Kind=ConversionReview`;
    if (kindText(review) !== expected) {
      throw new WebhookCallError(`expected webhook response of ${expected}, got ${kindText(review)}`);
    }
  }
  if (!isJsonMap(response)) throw new WebhookCallError('no response provided');
  if (version === 'v1' && response.uid !== uid) {
    const got = typeof response.uid === 'string' ? response.uid : '';
    throw new WebhookCallError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(got)}`);
  }
  const { status = '', message = '' } = isJsonMap(response.result) ? response.result : {};
  if (status !== 'Success') {
    throw new WebhookCallError(String(message) || `response.result.status was '${String(status)}', not 'Success'`);
  }
  return Array.isArray(response.convertedObjects) ? response.convertedObjects : [];
}

const UNCHANGEABLE = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const;

/** The converted object with the original's metadata, but for labels and annotations. */
function checked(original: KubeObject, converted: unknown, apiVersion: string): KubeObject {
  const about = `conversion webhook for ${kindText(original)} returned invalid`;
  const object: JsonMap = isJsonMap(converted) ? converted : {};
  const refuse = (what: string, why: string): never => {
    throw plainError(`${about} ${what}: ${why}`);
  };
  if (object.apiVersion !== apiVersion) {
    const got = typeof object.apiVersion === 'string' ? object.apiVersion : '';
    refuse('object at index 0', `invalid groupVersion (expected ${apiVersion}, received ${got})`);
  }
  if (object.kind !== original.kind) {
    refuse('object at index 0', `invalid kind (expected ${original.kind}, received ${String(object.kind ?? '')})`);
  }
  const metadata = isJsonMap(object.metadata) ? object.metadata : {};
  for (const [field, word] of UNCHANGEABLE) {
    const before = original.metadata[field] ?? '';
    const after = typeof metadata[field] === 'string' ? metadata[field] : '';
    if (before !== after) refuse('object', `must have the same ${word}: ${before} != ${after}`);
  }
  const { labels: _, annotations: __, ...kept } = original.metadata;
  const labels = textsOf(original, metadata, 'labels', refuse);
  const annotations = textsOf(original, metadata, 'annotations', refuse);
  return {
    ...object,
    metadata: { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) },
  } as unknown as KubeObject;
}

const goType = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : 'string';
};

function textsOf(
  original: KubeObject,
  metadata: JsonMap,
  field: 'labels' | 'annotations',
  refuse: (what: string, why: string) => never,
): { readonly [name: string]: string } | undefined {
  const given = metadata[field];
  if (given === undefined || given === null) return undefined;
  if (!isJsonMap(given)) {
    return refuse('metadata', `invalid metadata.${field} of type ${goType(given)} in converted object`);
  }
  const texts: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') {
      return refuse(
        'metadata',
        `metadata.${field}[${name}] must be a string, but is ${goType(value)} in converted object`,
      );
    }
    texts[name] = value;
  }
  const before = original.metadata[field] ?? {};
  const same =
    Object.keys(before).length === Object.keys(texts).length &&
    Object.entries(texts).every(([name, value]) => before[name] === value);
  const faults = same
    ? []
    : field === 'labels'
      ? validateLabels(texts, 'metadata.labels')
      : validateAnnotations(texts, 'metadata.annotation');
  if (faults.length > 0) {
    const said = faults.map(({ field: path, body }) => `${path}: ${body}`);
    refuse('metadata', said.length === 1 ? (said[0] as string) : `[${said.join(', ')}]`);
  }
  return texts;
}
