/** Everything at hand: under Node a cluster's code is one bundle. */
import * as openapi from '#engine/api/openapi';
import * as yaml from '#engine/apimachinery/yaml';
import * as cli from '#engine/cli';
import type { Assets } from '#engine/cluster';
import * as programs from '#engine/userland/programs';

const assets: Assets = { cli, openapi, programs, yaml };

/** For a Host, and for servers that run without a cluster. */
export async function loadAsset<K extends keyof Assets>(name: K): Promise<Assets[K]> {
  if (!(name in assets)) throw new Error(`no such asset: ${name}`);
  return assets[name];
}
