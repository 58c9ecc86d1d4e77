/**
 * pods/log: what a container printed, read from its Node's kubelet.
 * @upstream pkg/registry/core/pod/rest/log.go and strategy.go LogLocation
 * @fidelity full
 */
import { type Pod, pods } from '#engine/api';
import { type FieldError, fieldErrors, statusErrors, timeFault } from '#engine/apimachinery';
import { bodyText, type HttpResponse } from '#engine/http';
import type { ApiContext } from '../../context.ts';
import { queryBool } from '../../request-info.ts';
import type { Server } from '../endpoint.ts';
import { readInt } from '../options.ts';
import { containerOf, KUBELET_CLIENT, kubeletAuthority, kubeletRefusal, reach } from './kubelet.ts';

export async function getLog(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const { query } = request;
  const params = logParams(query, info.name);
  const pod = server.stores.of(pods).get(info.namespace, info.name);
  const container = containerOf(pod, query.get('container'));
  const nodeName = pod.spec?.nodeName;
  if (!nodeName) return { status: 200, headers: { 'content-type': 'text/plain' }, body: { kind: 'text', text: '' } };
  const authority = kubeletAuthority(server, nodeName, 'pods');
  const response = await reach(server, 'https', authority, logPath(pod, container), request, params, KUBELET_CLIENT);
  if (response.status >= 400) throw kubeletRefusal(response.status, await bodyText(response.body), 'pods', info.name);
  return { ...response, headers: { ...response.headers, 'content-type': 'text/plain' } };
}

const logPath = ({ metadata }: Pod, container: string) =>
  `/containerLogs/${metadata.namespace}/${metadata.name}/${container}`;

/** The kubelet's parameters from the client's, sorted as Go prints them. Throws 400 and 422. */
function logParams(query: URLSearchParams, name: string): URLSearchParams {
  const tailLines = readInt(query, 'tailLines');
  const limitBytes = readInt(query, 'limitBytes');
  const sinceSeconds = readInt(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const unreadable = sinceTime ? timeFault(sinceTime) : undefined;
  if (unreadable) throw statusErrors.badRequest(unreadable);
  const faults: FieldError[] = [];
  const positive = (field: string, value: number | undefined, least: 0 | 1) => {
    if (value === undefined || value >= least) return;
    faults.push(
      fieldErrors.invalid(field, value, least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'),
    );
  };
  positive('tailLines', tailLines, 0);
  positive('limitBytes', limitBytes, 1);
  if (sinceSeconds !== undefined && sinceTime)
    faults.push(fieldErrors.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else positive('sinceSeconds', sinceSeconds, 1);
  if (faults.length > 0) throw statusErrors.invalid({ group: '', kind: 'PodLogOptions' }, name, faults);
  const params = new URLSearchParams();
  const put = (key: string, value: string | number | undefined | null) => {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  };
  for (const flag of ['follow', 'insecureSkipTLSVerifyBackend'])
    if (queryBool(query.get(flag))) params.set(flag, 'true');
  put('limitBytes', limitBytes);
  if (queryBool(query.get('previous'))) params.set('previous', 'true');
  put('sinceSeconds', sinceSeconds);
  put('sinceTime', sinceTime);
  put('stream', query.get('stream'));
  put('tailLines', tailLines);
  if (queryBool(query.get('timestamps'))) params.set('timestamps', 'true');
  return params;
}
