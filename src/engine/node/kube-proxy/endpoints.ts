/** Which endpoints of a Service get traffic. @upstream pkg/proxy/topology.go, pkg/proxy/endpointslicecache.go */
import type { Endpoint, EndpointSlice } from '#engine/api';

export interface Backend {
  readonly address: string;
  readonly port: number;
  readonly nodeName: string | undefined;
}

interface Candidate extends Backend {
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** Of all slices, for the port of this name: each address once, sorted as upstream sorts (as text). */
function candidates(slices: readonly EndpointSlice[], portName: string): readonly Candidate[] {
  const byAddress = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const port = slice.ports?.find((candidate) => (candidate.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const address = endpoint.addresses[0];
      if (address === undefined) continue;
      const known = byAddress.get(`${address}:${port}`);
      const next = candidate(endpoint, address, port);
      if (!known || (!known.ready && next.ready)) byAddress.set(`${address}:${port}`, next);
    }
  }
  return [...byAddress].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

const candidate = ({ conditions, nodeName }: Endpoint, address: string, port: number): Candidate => ({
  address,
  port,
  nodeName,
  ready: conditions?.ready ?? true,
  serving: conditions?.serving ?? conditions?.ready ?? true,
  terminating: conditions?.terminating ?? false,
});

/**
 * Ready ones; when there are none, those that terminate but still serve.
 * @fidelity partial: no topology hints
 */
export function backends(slices: readonly EndpointSlice[], portName: string): readonly Backend[] {
  const all = candidates(slices, portName);
  const ready = all.filter((backend) => backend.ready);
  return ready.length > 0 ? ready : all.filter((backend) => backend.serving && backend.terminating);
}

/** Those of one Node, with the same fallback among them. */
export function localBackends(
  slices: readonly EndpointSlice[],
  portName: string,
  nodeName: string,
): readonly Backend[] {
  const local = candidates(slices, portName).filter((backend) => backend.nodeName === nodeName);
  const ready = local.filter((backend) => backend.ready);
  return ready.length > 0 ? ready : local.filter((backend) => backend.serving && backend.terminating);
}
