/** Code in chunks of its own: the control plane's components come while the API server starts, the rest when the page is idle or needs it. */
import type { Assets } from '#engine/cluster';

const ASSETS: { readonly [K in keyof Assets]: () => Promise<Assets[K]> } = {
  controllers: () => import('#engine/control-plane/controller-manager'),
  scheduler: () => import('#engine/control-plane/scheduler'),
  proxy: () => import('#engine/node/kube-proxy'),
  kubeletstats: () => import('#engine/node/kubelet/stats'),
  addons: () => import('#engine/addons'),
  metricsserver: () => import('#engine/addons/metrics-server'),
  aggregation: () => import('#engine/control-plane/apiserver/aggregation'),
  cli: () => import('#engine/cli'),
  programs: () => import('#engine/userland/programs'),
  cel: () => import('#engine/cel'),
  x509: () => import('#engine/apimachinery/x509'),
  yaml: () => import('#engine/apimachinery/yaml'),
  customresources: () => import('#engine/control-plane/apiserver/custom-resources'),
  apiserver: () => import('#engine/control-plane/apiserver/server'),
  openapi: () => import('#engine/api/openapi'),
};

/** A network that fails once may work again. */
const RETRY_MS = [500, 2000, 8000];

/** For a Host: brings an asset, with patience. Rejects when it is unknown or stays away. */
export async function loadAsset(name: string): Promise<unknown> {
  const load = (ASSETS as { readonly [name: string]: (() => Promise<unknown>) | undefined })[name];
  if (!load) throw new Error(`no such asset: ${name}`);
  for (const wait of RETRY_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}

/** Asks for what every start needs: all at once, and before anybody waits for it. */
export function prefetchComponents(): void {
  const { controllers, scheduler, proxy, addons, apiserver, x509 } = ASSETS;
  for (const load of [apiserver, x509, controllers, scheduler, proxy, addons]) load().catch(() => undefined);
}

/** Has everything at hand before it is asked for, one after the other. What cannot be had now is tried again when it is needed. */
export async function prefetchAssets(): Promise<void> {
  for (const load of Object.values(ASSETS)) await load().catch(() => undefined);
}
