/** Everything at hand: under Node a cluster's code is one bundle. */
import * as openapi from '#engine/api/openapi';
import * as cli from '#engine/cli';
import type { Assets } from '#engine/cluster';
import * as programs from '#engine/userland/programs';

const assets: Assets = { cli, openapi, programs };

/** For a Host. */
export async function loadAsset(name: string): Promise<unknown> {
  const asset = (assets as unknown as { readonly [name: string]: unknown })[name];
  if (asset === undefined) throw new Error(`no such asset: ${name}`);
  return asset;
}
