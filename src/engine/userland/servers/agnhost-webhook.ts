/** `agnhost webhook`: the webhooks that upstream's tests of admission register. @upstream test/images/agnhost/webhook */
import { bodyText, type Handler, jsonResponse, textResponse } from '#engine/http';
import { type Process, type Program, print, untilSignal } from '#engine/os';
import { flag } from './flags.ts';
import { klogLine, listenTls } from './tls-files.ts';

interface Reviewed {
  readonly metadata?: { readonly name?: string; readonly labels?: { readonly [name: string]: string } };
  readonly spec?: { readonly containers?: readonly Named[]; readonly initContainers?: readonly Named[] };
  readonly data?: { readonly [name: string]: string };
  readonly stdin?: boolean;
  readonly container?: string;
}
interface Named {
  readonly name: string;
}

interface AdmissionRequest {
  readonly uid: string;
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subResource?: string;
  readonly name?: string;
  readonly operation: string;
  readonly object: Reviewed | null;
  readonly oldObject: Reviewed | null;
}

interface Review {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly request?: AdmissionRequest;
}

interface Verdict {
  readonly allowed: boolean;
  readonly status?: {
    readonly message?: string;
    readonly reason?: string;
    readonly status?: string;
    readonly code?: number;
  };
  readonly patch?: readonly object[];
}

type Admit = (request: AdmissionRequest, process: Process) => Verdict | undefined | Promise<Verdict | undefined>;

const ALLOWED: Verdict = { allowed: true };
const MARK = 'webhook-e2e-test';
const DISALLOW = 'webhook-disallow';

const denied = (message: string): Verdict => ({ allowed: false, status: { message } });
const patched = (...patch: readonly object[]): Verdict => ({ allowed: true, patch });
const add = (path: string, value: unknown): object => ({ op: 'add', path, value });
const shown = ({ group, version, resource }: AdmissionRequest['resource']) => `{${group} ${version} ${resource}}`;
const isCore = ({ resource: { group, version, resource } }: AdmissionRequest, wanted: string): boolean =>
  group === '' && version === 'v1' && resource === wanted;
const subjectOf = ({ operation, object, oldObject }: AdmissionRequest): Reviewed =>
  (operation === 'DELETE' ? oldObject : object) ?? {};

const alwaysAllowLate: Admit = async (_, { clock }) => {
  await clock.sleep(5000, 'agnhost/always-allow-delay-5s');
  return ALLOWED;
};

const addLabel: Admit = ({ object }) => {
  const labels = object?.metadata?.labels ?? {};
  if (Object.keys(labels).length === 0) return patched(add('/metadata/labels', { 'added-label': 'yes' }));
  const value = labels['added-label'];
  if (value === 'yes') return ALLOWED;
  const path = '/metadata/labels/added-label';
  return patched({ op: value === undefined ? 'add' : 'replace', path, value: 'yes' });
};

const admitPods: Admit = (request, process) => {
  if (!isCore(request, 'pods')) return denied('expect resource to be { v1 pods}');
  const { metadata, spec } = request.object ?? {};
  const label = metadata?.labels?.[MARK];
  // Nobody ever answers this one.
  if (label === 'wait-forever') return process.until(new Promise<Verdict>(() => undefined));
  const why = [
    ...(label === DISALLOW ? ['the pod contains unwanted label;'] : []),
    ...(spec?.containers ?? [])
      .filter(({ name }) => name.includes(DISALLOW))
      .map(() => 'the pod contains unwanted container name;'),
  ];
  return why.length > 0 ? denied(why.join(' ')) : ALLOWED;
};

const denyAttaching: Admit = (request) => {
  if (request.name !== 'to-be-attached-pod') return ALLOWED;
  if (!isCore(request, 'pods')) return denied(`expect resource to be { v1 pods}, got ${shown(request.resource)}`);
  const { subResource = '', object } = request;
  if (subResource !== 'attach') return denied(`expect subresource to be attach, got ${subResource}`);
  if (!object?.stdin || object.container !== 'container1') return ALLOWED;
  return denied("attaching to pod 'to-be-attached-pod' is not allowed");
};

const has = (list: readonly Named[] | undefined, wanted: string): boolean =>
  list?.some(({ name }) => name === wanted) ?? false;

const mutatePods: Admit = (request) => {
  if (!isCore(request, 'pods')) return undefined;
  const { metadata, spec } = request.object ?? {};
  const name = 'webhook-added-init-container';
  if (metadata?.name !== 'webhook-to-be-mutated' || has(spec?.initContainers, name)) return ALLOWED;
  return patched(add('/spec/initContainers', [{ image: 'webhook-added-image', name, resources: {} }]));
};

const mutatePodsSidecar: Admit = (request, process) => {
  const image = flag(process, 'sidecar-image', '');
  if (image === '') {
    const message = 'No image specified by the sidecar-image parameter';
    return { allowed: false, status: { status: 'Failure', message, code: 500 } };
  }
  if (!isCore(request, 'pods')) return undefined;
  const name = 'webhook-added-sidecar';
  if (has(request.object?.spec?.containers, name)) return ALLOWED;
  return patched(add('/spec/containers/-', { image, name, resources: {} }));
};

/** Data that may not be written, and data that may not be deleted. */
function admitData(request: AdmissionRequest, unwanted: string, kept: string): Verdict {
  const value = subjectOf(request).data?.[MARK];
  const { operation } = request;
  if (value === DISALLOW && (operation === 'CREATE' || operation === 'UPDATE'))
    return { allowed: false, status: { reason: unwanted } };
  if (value === 'webhook-nondeletable' && operation === 'DELETE') return { allowed: false, status: { reason: kept } };
  return ALLOWED;
}

const KEPT = 'cannot be deleted because it contains unwanted key and value';

const admitConfigMaps: Admit = (request) =>
  isCore(request, 'configmaps')
    ? admitData(request, 'the configmap contains unwanted key and value', `the configmap ${KEPT}`)
    : undefined;

const admitCustomResource: Admit = (request) =>
  admitData(request, 'the custom resource contains unwanted data', `the custom resource ${KEPT}`);

const mutateData: Admit = ({ object }) => {
  const { data } = object ?? {};
  if (data?.['mutation-stage-1'] === 'yes') return patched(add('/data/mutation-stage-2', 'yes'));
  return data?.['mutation-start'] === 'yes' ? patched(add('/data/mutation-stage-1', 'yes')) : ALLOWED;
};

const mutateConfigMaps: Admit = (request, process) =>
  isCore(request, 'configmaps') ? mutateData(request, process) : undefined;

const admitDefinitions: Admit = ({ resource, object }) => {
  const { group, version, resource: plural } = resource;
  if (group !== 'apiextensions.k8s.io' || plural !== 'customresourcedefinitions' || !/^v1(beta1)?$/.test(version)) {
    const expected = ['v1beta1', 'v1'].map((one) => `{apiextensions.k8s.io ${one} customresourcedefinitions}`);
    return denied(`expect resource to be one of [${expected.join(', ')}] but got ${shown(resource)}`);
  }
  return object?.metadata?.labels?.[MARK] === DISALLOW ? denied('the crd contains unwanted label') : ALLOWED;
};

const PATHS: { readonly [path: string]: Admit } = {
  '/always-allow-delay-5s': alwaysAllowLate,
  '/always-deny': () => denied('this webhook denies all requests'),
  '/add-label': addLabel,
  '/pods': admitPods,
  '/pods/attach': denyAttaching,
  '/mutating-pods': mutatePods,
  '/mutating-pods-sidecar': mutatePodsSidecar,
  '/configmaps': admitConfigMaps,
  '/mutating-configmaps': mutateConfigMaps,
  '/custom-resource': admitCustomResource,
  '/mutating-custom-resource': mutateData,
  '/crd': admitDefinitions,
};

function responseOf(uid: string, { allowed, status, patch }: Verdict): object {
  return {
    uid,
    allowed,
    ...(status && { status: { metadata: {}, ...status } }),
    ...(patch && { patch: btoa(JSON.stringify(patch)), patchType: 'JSONPatch' }),
  };
}

/** @fidelity full */
export const admissionWebhook: Program = async (process) => {
  const refuse = async (why: string) => {
    await print(process.stderr, klogLine(process, 'E', 'main.go:120', why));
    return textResponse(400, `${why}\n`);
  };
  const handler: Handler = async ({ path, body }) => {
    await process.compute(0.1);
    if (path === '/readyz') return textResponse(200, 'ok');
    const admit = PATHS[path];
    if (!admit) return textResponse(404, '404 page not found\n');
    let review: Review;
    try {
      review = JSON.parse(await bodyText(body)) as Review;
    } catch {
      return refuse("Request could not be decoded: couldn't get version/kind; json parse error");
    }
    const { kind = '', apiVersion = '', request } = review;
    if (kind !== 'AdmissionReview' || !/^admission\.k8s\.io\/v1(beta1)?$/.test(apiVersion) || !request)
      return refuse(`Unsupported group version kind: ${apiVersion}, Kind=${kind}`);
    const verdict = await admit(request, process);
    // Upstream's server panics over an answer that is none, and closes the connection.
    if (!verdict) return textResponse(500, '');
    const response = responseOf(request.uid, verdict);
    return jsonResponse(200, { kind, apiVersion, response }, { 'content-type': 'application/json' });
  };
  const failed = await listenTls(process, handler);
  if (failed !== undefined) return failed;
  await untilSignal(process, ['SIGTERM', 'SIGINT']);
  return 0;
};
