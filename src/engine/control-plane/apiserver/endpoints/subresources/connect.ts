/**
 * exec, attach and port-forward: the server joins the client's session with one to the kubelet.
 * @upstream pkg/registry/core/pod/rest/subresources.go and strategy.go streamLocation
 * @fidelity full
 */
import { pods, type Resource } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import { bodyText, type HttpResponse } from '#engine/http';
import type { ApiContext } from '../../context.ts';
import { queryBool } from '../../request-info.ts';
import { attributesOf, type Server } from '../endpoint.ts';
import { containerOf, KUBELET_CLIENT, kubeletAuthority, kubeletRefusal, reach } from './kubelet.ts';

const STREAMS: readonly (readonly [string, string])[] = [
  ['stderr', 'error'],
  ['stdin', 'input'],
  ['stdout', 'output'],
  ['tty', 'tty'],
];

const session =
  (root: 'exec' | 'attach' | 'portForward') =>
  async (server: Server, context: ApiContext): Promise<HttpResponse> => {
    const { request, info } = context;
    const { query } = request;
    const pod = server.stores.of(pods).get(info.namespace, info.name);
    await admitConnect(server, context, optionsOf(root, query));
    const container = root === 'portForward' ? '' : `/${containerOf(pod, query.get('container'))}`;
    const nodeName = pod.spec?.nodeName;
    if (!nodeName) throw statusErrors.badRequest(`pod ${info.name} does not have a host assigned`);
    const authority = kubeletAuthority(server, nodeName, 'pods');
    const path = `/${root}/${info.namespace}/${info.name}${container}`;
    const response = await reach(
      server,
      'https',
      authority,
      path,
      { ...request, method: 'POST' },
      sessionParams(root, query),
      KUBELET_CLIENT,
    );
    if (response.status >= 400) throw kubeletRefusal(response.status, await bodyText(response.body), 'pods', info.name);
    return response;
  };

export const connectExec = session('exec');
export const connectAttach = session('attach');
export const connectPortForward = session('portForward');

/** What the client asks for, as the kind that admission sees. */
function optionsOf(root: string, query: URLSearchParams): KubeObject {
  const options: { [name: string]: unknown } = {
    kind: `Pod${root.charAt(0).toUpperCase()}${root.slice(1)}Options`,
    apiVersion: 'v1',
  };
  if (root === 'portForward') options.ports = query.getAll('ports').flatMap((text) => text.split(',').map(Number));
  for (const name of ['stdin', 'stdout', 'stderr', 'tty']) if (queryBool(query.get(name))) options[name] = true;
  const container = query.get('container');
  if (container) options.container = container;
  if (root === 'exec') options.command = query.getAll('command');
  return options as unknown as KubeObject;
}

/** Admission of a connection. Throws its refusal. */
export async function admitConnect(
  server: Server,
  context: ApiContext,
  object: KubeObject,
  resource: Resource = pods,
): Promise<void> {
  const attributes = attributesOf(context, resource, 'CONNECT', {
    name: context.info.name,
    object,
    oldObject: undefined,
    dryRun: false,
  });
  await server.admission.admit(attributes);
  await server.admission.validate(attributes);
}

function sessionParams(root: string, query: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams();
  if (root === 'portForward') {
    for (const port of query.getAll('ports').flatMap((text) => text.split(','))) if (port) params.append('port', port);
    return params;
  }
  for (const command of query.getAll('command')) params.append('command', command);
  for (const [name, kubeletName] of STREAMS) if (queryBool(query.get(name))) params.set(kubeletName, '1');
  return params;
}
