/** The rarer half of the kubelet's server. */
import { jsonResponse, textResponse } from '#engine/http';
import type { KubeletExtras, KubeletView } from '../types.ts';
import { refusal } from './access.ts';
import { resourceMetrics } from './resource-metrics.ts';
import { createMeter, summary } from './summary.ts';

const PROMETHEUS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' };

/** @fidelity partial: stats/summary, metrics/resource; no metrics, metrics/cadvisor or metrics/probes */
export function createKubeletExtras(view: KubeletView): KubeletExtras {
  const { client, options } = view;
  const read = createMeter(view);
  return async (request, pods) => {
    const refused = await refusal(client, options.nodeName, request);
    if (refused) return refused;
    if (request.path === '/stats/summary') return jsonResponse(200, summary(options.nodeName, read(pods())));
    if (request.path === '/metrics/resource') return textResponse(200, resourceMetrics(read(pods())), PROMETHEUS);
    return undefined;
  };
}
