/** Code that requests may need and a server can start without. */
import type * as openApi from '#engine/api/openapi';
import type * as x509 from '#engine/apimachinery/x509';
import type * as yaml from '#engine/apimachinery/yaml';
import type * as cel from '#engine/cel';

export interface RequestAssets {
  readonly cel: typeof cel;
  readonly openapi: typeof openApi;
  readonly x509: typeof x509;
  readonly yaml: typeof yaml;
}

/** Brings a part. */
export type LoadAsset = <K extends keyof RequestAssets>(asset: K) => Promise<RequestAssets[K]>;
