/** One recorded request and its answer, played against a Handler. */
import { bodyText, type Handler, type HttpResponse, httpRequest } from '#engine/http';
import { firstDifference, normalise, type Recorded, withoutRuleOrder } from './compare.ts';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly as?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  readonly code: number;
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly retryAfter?: string | number;
  readonly allow?: string;
  readonly generated?: readonly string[];
  readonly response?: unknown;
  readonly waitMs?: number;
}

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly warnings: readonly string[];
  readonly body: unknown;
}

export function send(handler: Handler, exchange: Exchange): Promise<HttpResponse> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (exchange.body !== undefined) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(exchange.headers ?? {})) {
    if (value === '') delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = value;
  }
  const as = exchange.as ?? 'admin';
  if (as !== '') headers.authorization = `Bearer ${as.startsWith('raw:') ? as.slice(4) : as}`;
  const { body } = exchange;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return handler(
    httpRequest(exchange.method, exchange.path, {
      headers,
      ...(body !== undefined && { body: { kind: 'text', text } }),
    }),
  );
}

export async function answer(handler: Handler, exchange: Exchange): Promise<Answer> {
  const response = await send(handler, exchange);
  const contentType = response.headers['content-type'] ?? (response.body?.kind === 'json' ? 'application/json' : '');
  const text = await bodyText(response.body);
  // The index of OpenAPI is JSON that calls itself plain text; recorded as what it is.
  const json = contentType.startsWith('application/json') || text.startsWith('{"');
  return {
    code: response.status,
    contentType,
    warnings: (response.warnings ?? []).map(
      (text) => `299 - "${text.replace(/["\\]/g, (character) => `\\${character}`)}"`,
    ),
    body: json ? asJson(text) : text,
  };
}

/** What a client on a wire would read: lists leave kind and apiVersion of their items out only as text. */
const asJson = (text: string): unknown => (text === '' ? '' : JSON.parse(text));

/** The name a refused object had been given; only accepted ones are listed as generated. */
function generatedNames({ body, response }: Exchange): readonly string[] {
  const prefix = (body as { readonly metadata?: { readonly generateName?: string } } | undefined)?.metadata
    ?.generateName;
  const { details, metadata } = (response ?? {}) as {
    readonly details?: { readonly name?: string };
    readonly metadata?: { readonly name?: string };
  };
  const name = details?.name ?? metadata?.name;
  return prefix && name?.startsWith(prefix.slice(0, 58)) ? [name] : [];
}

/** The first difference between the recorded and our answer, or undefined. */
export function judge(expected: Exchange, got: Answer, recorded: Recorded): string | undefined {
  if (got.code !== expected.code)
    return `code: expected ${expected.code}, got ${got.code} ${JSON.stringify(got.body).slice(0, 300)}`;
  const warnings = firstDifference(expected.warnings ?? [], got.warnings, recorded, 'warnings');
  if (warnings) return warnings;
  // Recorded where it is not JSON, but for the manifests, whose plain refusals have their text alone.
  const contentType =
    expected.contentType ?? (typeof expected.response === 'string' ? got.contentType : 'application/json');
  if (got.contentType !== contentType && got.contentType !== '')
    return `contentType: expected ${contentType}, got ${got.contentType}`;
  return firstDifference(withoutRuleOrder(expected.response), withoutRuleOrder(normalise(got.body, recorded)), {
    ...recorded,
    generated: [...(recorded.generated ?? expected.generated ?? []), ...generatedNames(expected)],
  });
}
