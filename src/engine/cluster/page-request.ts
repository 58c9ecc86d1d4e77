/** A web browser at the workstation: one request over the simulated network, read to its end within bounds. */
import { type Body, bodyBytes, concat, type Headers, httpRequest, NetError, type NetErrorCode } from '#engine/http';
import type { OutsideHost } from '#engine/node/cni';
import type { Clock, Millis } from '#engine/sim';

/** What a browser asks for. `url` is absolute, `http:` or `https:`. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; `host` is added when it is missing. */
  readonly headers: Headers;
  readonly body?: string;
  /** The person has accepted the certificate that nobody can verify. */
  readonly insecure?: boolean;
}

/** What came back, or why nothing did. `certificate`: somebody answers, with a certificate of an unknown authority. */
export type PageAnswer =
  | {
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array;
      /** More came than a page may hold. */
      readonly cut: boolean;
    }
  | { readonly failed: NetErrorCode | 'certificate'; readonly message: string };

/** How long an answer is waited for, as Chromium does. */
const ANSWER_TIMEOUT_MS: Millis = 300_000;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Sends the request and reads the answer whole. Never rejects for what the network or the server does.
 * @fidelity partial: redirects and cookies are the page's; a server that speaks plain HTTP is not told from one that speaks TLS
 */
export async function requestPage(clock: Clock, desk: OutsideHost, request: PageRequest): Promise<PageAnswer> {
  const limit = new AbortController();
  const timer = clock.after(ANSWER_TIMEOUT_MS, 'browser/timeout', () => limit.abort());
  const gaveUp = new Promise<PageAnswer>((resolve) => {
    limit.signal.addEventListener(
      'abort',
      () => resolve({ failed: 'ETIMEDOUT', message: `${hostOf(request.url)} took too long to respond` }),
      { once: true },
    );
  });
  try {
    return await Promise.race([exchange(desk, request, limit.signal), gaveUp]);
  } catch (error) {
    if (error instanceof NetError) return { failed: error.code, message: error.message };
    throw error;
  } finally {
    timer.cancel();
  }
}

const hostOf = (url: string): string => /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? url;

async function exchange(desk: OutsideHost, request: PageRequest, signal: AbortSignal): Promise<PageAnswer> {
  const { method, url, headers, body } = request;
  const host = hostOf(url);
  if (url.startsWith('https:') && !request.insecure) {
    await desk.connect(host.includes(':') ? host : `${host}:443`, signal);
    return { failed: 'certificate', message: 'x509: certificate signed by unknown authority' };
  }
  const response = await desk.net.fetch(
    httpRequest(method, url, {
      headers: { host, ...headers },
      signal,
      ...(body !== undefined && { body: { kind: 'text', text: body } satisfies Body }),
    }),
  );
  const { bytes, cut } = await readAtMost(response.body, MAX_PAGE_BYTES);
  const missing = response.body?.kind === 'json' && response.headers['content-type'] === undefined;
  return {
    status: response.status,
    headers: missing ? { ...response.headers, 'content-type': 'application/json' } : response.headers,
    body: bytes,
    cut,
  };
}

async function readAtMost(
  body: Body | undefined,
  limit: number,
): Promise<{ readonly bytes: Uint8Array; readonly cut: boolean }> {
  if (body?.kind !== 'stream' || body.framing !== 'bytes') {
    const bytes = await bodyBytes(body);
    return { bytes: bytes.subarray(0, limit), cut: bytes.length > limit };
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let frame = await body.frames.read(); frame; frame = await body.frames.read()) {
    parts.push(frame);
    length += frame.length;
    if (length > limit) {
      body.frames.cancel();
      break;
    }
  }
  return { bytes: concat(parts).subarray(0, limit), cut: length > limit };
}
