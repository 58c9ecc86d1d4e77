/** Continue tokens: where the next page of a list starts and at which revision. @upstream staging/src/k8s.io/apiserver/pkg/storage/continue.go */
import { statusErrors } from '#engine/apimachinery';
import { toBase64Url } from '#engine/sim';

const encoder = new TextEncoder();
const VERSION = 'meta.k8s.io/v1';

export interface ContinueToken {
  /** -1: the newest state, after an inconsistent continuation. */
  readonly revision: number;
  /** Relative to the resource's prefix. */
  readonly startKey: string;
}

export function encodeContinue({ revision, startKey }: ContinueToken): string {
  const start = startKey.replaceAll('\0', '\\u0000');
  return toBase64Url(encoder.encode(`{"v":"${VERSION}","rv":${revision},"start":"${start}"}`));
}

/** Throws a StatusError 400 with upstream's words. */
export function decodeContinue(token: string): ContinueToken {
  const parsed = parse(token);
  if (parsed.v !== VERSION)
    throw statusErrors.badRequest(
      `invalid continue token: continue key is not valid: server does not recognize this encoded version "${String(parsed.v ?? '')}"`,
    );
  const { rv, start } = parsed;
  if (typeof rv !== 'number' || rv === 0) {
    throw statusErrors.badRequest(
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    );
  }
  if (typeof start !== 'string' || start === '') {
    throw statusErrors.badRequest(
      'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    );
  }
  // The key may not climb out of the resource.
  const clean = normalise(start);
  if (clean !== start) throw statusErrors.badRequest(`invalid continue token: continue key is not valid: ${start}`);
  return { revision: rv, startKey: start };
}

function parse(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  let text: string;
  try {
    text = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
  } catch (error) {
    throw statusErrors.badRequest(`invalid continue token: continue key is not valid: ${describeBase64(token, error)}`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw statusErrors.badRequest(`invalid continue token: continue key is not valid: ${describeJson(text)}`);
}

function describeBase64(token: string, error: unknown): string {
  const at = [...token].findIndex((c) => !/[A-Za-z0-9_-]/.test(c));
  return at >= 0
    ? `illegal base64 data at input byte ${at}`
    : `illegal base64 data at input byte ${token.length - (error ? 1 : 0)}`;
}

function describeJson(text: string): string {
  const first = text[0];
  return first === undefined
    ? 'unexpected end of JSON input'
    : `invalid character '${printable(first)}' looking for beginning of value`;
}

function normalise(start: string): string {
  return start
    .split('/')
    .filter((part) => part !== '..' && part !== '.')
    .join('/');
}

const printable = (character: string): string => {
  const code = character.charCodeAt(0);
  return code >= 0x20 && code < 0x7f ? character : `\\u${code.toString(16).padStart(4, '0')}`;
};
