/** Everything at hand: under Node a cluster's code is one bundle. */
import * as addons from '#engine/addons';
import * as metricsserver from '#engine/addons/metrics-server';
import * as openapi from '#engine/api/openapi';
import * as x509 from '#engine/apimachinery/x509';
import * as yaml from '#engine/apimachinery/yaml';
import * as cel from '#engine/cel';
import * as cli from '#engine/cli';
import type { Assets } from '#engine/cluster';
import * as aggregation from '#engine/control-plane/apiserver/aggregation';
import * as customresources from '#engine/control-plane/apiserver/custom-resources';
import * as apiserver from '#engine/control-plane/apiserver/server';
import * as controllers from '#engine/control-plane/controller-manager';
import * as scheduler from '#engine/control-plane/scheduler';
import * as proxy from '#engine/node/kube-proxy';
import * as kubeletstats from '#engine/node/kubelet/stats';
import * as programs from '#engine/userland/programs';

const assets: Assets = {
  addons,
  aggregation,
  cel,
  cli,
  controllers,
  customresources,
  kubeletstats,
  metricsserver,
  apiserver,
  openapi,
  programs,
  proxy,
  scheduler,
  x509,
  yaml,
};

/** For a Host, and for servers that run without a cluster. */
export async function loadAsset<K extends keyof Assets>(name: K): Promise<Assets[K]> {
  if (!(name in assets)) throw new Error(`no such asset: ${name}`);
  return assets[name];
}
