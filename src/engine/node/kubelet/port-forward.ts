/**
 * `POST /portForward/…?port=N`: connections into a Pod's network as channel frames. The i-th port has channel 2i for its bytes and
 * 2i+1 for what went wrong; each channel begins with its port in two bytes, the low one first. Channel 255 half-closes, as in exec.
 * @upstream staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
 */
import {
  answerHttpText,
  beginsRequest,
  type ChannelFrame,
  concat,
  type HttpRequest,
  type HttpResponse,
  httpRequest,
  mayBeginRequest,
  NetError,
  Pipe,
  type Sink,
  textResponse,
} from '#engine/http';
import type { Sandbox } from '#engine/node/cri';
import type { Clock, Timer } from '#engine/sim';
import type { KubeletContext } from './context.ts';

const HALF_CLOSE = 255;
/** How long a client may be silent before the server is taken for one that speaks first. */
const SILENCE_MS = 500;

const encoder = new TextEncoder();

interface Forwarded {
  readonly port: number;
  readonly client: Client;
  readonly output: Sink<Uint8Array>;
  /** The session's. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Without ports the session carries nothing: it lasts as long as the client's input.
 * @fidelity partial: what does not begin like an HTTP/1.1 request is carried as a raw connection; TLS and upgrades are not spoken
 */
export function portForwardEndpoint(context: KubeletContext, sandbox: Sandbox, request: HttpRequest): HttpResponse {
  const ports = request.query.getAll('port').map(Number);
  const wrong = ports.find((port) => !(Number.isInteger(port) && port >= 1 && port <= 65_535));
  if (wrong !== undefined) return textResponse(400, `port "${wrong}" must be > 0`);
  const out = new Pipe<ChannelFrame>(256);
  const channels = ports.map((port, index) => open(context, sandbox, out, port, index, request.signal));
  const clients = channels.map(({ client }) => client);
  pumpInput(request, clients, out, ports.length === 0);
  request.signal?.addEventListener('abort', () => out.cancel(), { once: true });
  out.onBroken(() => {
    for (const client of clients) client.end();
  });
  if (ports.length > 0) void Promise.all(channels.map(({ done }) => done)).then(() => out.close());
  return { status: 101, headers: {}, body: { kind: 'stream', framing: 'channel', frames: out } };
}

/** Starts one connection; `done` when it has ended. */
function open(
  context: KubeletContext,
  sandbox: Sandbox,
  out: Pipe<ChannelFrame>,
  port: number,
  index: number,
  signal: AbortSignal | undefined,
): { readonly client: Client; readonly done: Promise<void> } {
  const channel = 2 * index;
  const client = new Client(context.world.clock);
  const name = Uint8Array.of(port & 255, port >> 8);
  out.push({ channel, data: name });
  out.push({ channel: channel + 1, data: name });
  const output: Sink<Uint8Array> = {
    get broken() {
      return out.broken;
    },
    write: (data) => out.write({ channel, data }),
    close: () => undefined,
    onBroken: (listener) => out.onBroken(listener),
  };
  const over = () => void out.push({ channel: HALF_CLOSE, data: Uint8Array.of(channel) });
  const done = forward(sandbox, { port, client, output, signal }).then(over, (error: unknown) => {
    if (!(error instanceof Error) || (error.name !== 'BrokenPipe' && !(error instanceof NetError))) throw error;
    if (error instanceof NetError) out.push({ channel: channel + 1, data: encoder.encode(why(sandbox, port, error)) });
    over();
  });
  return { client, done };
}

/** As containerd says it. */
function why({ id, config }: Sandbox, port: number, { code, message }: NetError): string {
  const reason = code === 'ECONNREFUSED' ? 'connect: connection refused' : message;
  const place = `/var/run/netns/cni-${config.podUid}`;
  return `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace ${JSON.stringify(place)}: failed to connect to localhost:${port} inside namespace ${JSON.stringify(id)}, IPv4: dial tcp4 127.0.0.1:${port}: ${reason} IPv6 dial tcp6 [::1]:${port}: ${reason} `;
}

function pumpInput(
  { body }: HttpRequest,
  clients: readonly Client[],
  out: Pipe<ChannelFrame>,
  endsWithInput: boolean,
): void {
  const end = () => {
    for (const client of clients) client.end();
    if (endsWithInput) out.close();
  };
  if (body?.kind !== 'stream' || body.framing !== 'channel') {
    end();
    return;
  }
  const pump = body.frames.forEach(({ channel, data }) => {
    if (channel === HALF_CLOSE) clients[(data[0] ?? 1) / 2]?.end();
    else if (data.length > 0) clients[channel / 2]?.take(data);
  });
  pump.then(end, end);
}

/** Carries one connection to its end. Rejects with NetError when nobody answers. */
async function forward({ net }: Sandbox, { port, client, output, signal }: Forwarded): Promise<void> {
  const authority = `127.0.0.1:${port}`;
  const first = await client.first;
  const input = client.rest;
  const fetch = (request: HttpRequest) =>
    net.fetch({ ...request, authority, scheme: 'http', ...(signal && { signal }) });
  if (beginsRequest(first)) {
    await answerHttpText(first, input, output, fetch);
    return;
  }
  const sent = new Pipe<Uint8Array>(1024);
  if (first.length > 0) sent.push(first);
  const response = await fetch({
    ...httpRequest('CONNECT', '/', { headers: { host: authority } }),
    body: { kind: 'stream', framing: 'bytes', frames: sent },
  });
  if (response.body?.kind !== 'stream' || response.body.framing !== 'bytes') {
    // The listener takes whole requests after all.
    await answerHttpText(first, input, output, fetch);
    return;
  }
  const { frames } = response.body;
  output.onBroken(() => frames.cancel());
  const sending = input.forEach((bytes) => void sent.push(bytes)).then(() => sent.close());
  for (let bytes = await frames.read(); bytes; bytes = await frames.read()) await output.write(bytes);
  input.cancel();
  await sending;
}

/** What a client says: first enough to tell a request from other bytes, or nothing when it keeps silent; then the rest. */
class Client {
  readonly rest = new Pipe<Uint8Array>(256);
  private parts: Uint8Array[] | undefined = [];
  private begin: (first: Uint8Array) => void = () => undefined;
  readonly first = new Promise<Uint8Array>((resolve) => {
    this.begin = resolve;
  });
  private readonly silence: Timer;

  constructor(clock: Clock) {
    this.silence = clock.after(SILENCE_MS, 'kubelet.port-forward', () => this.decide());
  }

  take(bytes: Uint8Array): void {
    if (!this.parts) {
      this.rest.push(bytes);
      return;
    }
    this.parts.push(bytes);
    const known = concat(this.parts);
    if (beginsRequest(known) || !mayBeginRequest(known)) this.decide();
  }

  end(): void {
    this.decide();
    this.rest.close();
  }

  private decide(): void {
    if (!this.parts) return;
    this.silence.cancel();
    this.begin(concat(this.parts));
    this.parts = undefined;
  }
}
