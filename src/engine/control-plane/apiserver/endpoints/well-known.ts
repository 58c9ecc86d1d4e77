/**
 * Who signs ServiceAccount tokens, as OpenID Connect asks.
 * @upstream pkg/serviceaccount/openidmetadata.go, pkg/routes/openidmetadata.go
 * @fidelity full
 */
import type { HttpRequest, HttpResponse } from '#engine/http';
import { DEFAULT_AUDIENCE, type TokenIssuer } from '../authentication/service-account-tokens.ts';
import { methodNotAllowed, notAcceptableRoute } from './plain-error.ts';

const JWKS = '/openid/v1/jwks';
const JWK_SET = 'application/jwk-set+json';

const accepts = ({ headers }: HttpRequest, type: string): boolean => {
  const ranges = (headers.accept ?? '*/*').split(',').map((range) => range.split(';')[0]?.trim());
  return ranges.some((range) => range === type || range === '*/*' || range === 'application/*');
};

function answer(request: HttpRequest, type: string, value: object): HttpResponse {
  if (request.method !== 'GET') throw methodNotAllowed();
  if (!accepts(request, type)) throw notAcceptableRoute([type]);
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=3600' };
  return { status: 200, headers, body: { kind: 'json', value } };
}

/** @param serverAddress `host:port`, where clients outside find the keys */
export function wellKnown(
  request: HttpRequest,
  serverAddress: string,
  { publicKey }: TokenIssuer,
): Promise<HttpResponse> | undefined {
  if (request.path === JWKS) return publicKey().then((key) => answer(request, JWK_SET, { keys: [key] }));
  if (request.path !== '/.well-known/openid-configuration') return undefined;
  return publicKey().then(({ alg }) =>
    answer(request, 'application/json', {
      issuer: DEFAULT_AUDIENCE,
      jwks_uri: `https://${serverAddress}${JWKS}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [alg],
    }),
  );
}
