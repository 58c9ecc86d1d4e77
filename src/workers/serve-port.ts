/** The answering end of a Handler over a MessagePort: see port.ts, whose end asks. Apart from it because a page only asks. */
import { type Handler, httpRequest, NetError } from '#engine/http';
import { type Exchange, fromWire, Incoming, type Message, Outgoing, type PortLike, toWire } from './port.ts';

/** Answers what comes through the port by `handler`. */
export function servePort(port: PortLike, handler: Handler): void {
  const exchanges = new Map<number, Exchange>();
  const post = (message: Message) => port.postMessage(message);

  const answer = async ({ id, method, url, headers, body }: Extract<Message, { type: 'request' }>) => {
    const gone = new AbortController();
    const exchange: Exchange = { gone };
    exchanges.set(id, exchange);
    const stream = () => {
      exchange.incoming = new Incoming(post, id, true, () => undefined);
      return exchange.incoming.pipe;
    };
    const whole = fromWire(body, stream);
    try {
      const response = await handler(
        httpRequest(method, url, { headers, signal: gone.signal, ...(whole && { body: whole }) }),
      );
      const wire = toWire(response.body);
      const { status, warnings } = response;
      post({
        type: 'response',
        id,
        status,
        headers: response.headers,
        ...(warnings && { warnings }),
        ...(wire && { body: wire }),
      });
      if (response.body?.kind !== 'stream') return;
      exchange.outgoing = new Outgoing(post, id, false, response.body.framing);
      if (gone.signal.aborted) exchange.outgoing.cancel();
      await exchange.outgoing.run(response.body.frames);
    } catch (error) {
      post({
        type: 'failure',
        id,
        message: error instanceof Error ? error.message : String(error),
        ...(error instanceof NetError && { code: error.code }),
      });
    } finally {
      exchange.incoming?.pipe.close();
      exchanges.delete(id);
    }
  };

  port.addEventListener('message', ({ data }) => {
    const message = data as Message;
    if (message.type === 'request') {
      answer(message).catch(() => exchanges.delete(message.id));
      return;
    }
    const exchange = exchanges.get(message.id);
    if (!exchange) return;
    if (message.type === 'frames') exchange.incoming?.receive(message.frames);
    else if (message.type === 'end') exchange.incoming?.pipe.close();
    else if (message.type === 'taken') exchange.outgoing?.taken(message.count);
    else if (message.type === 'cancel') {
      exchange.gone?.abort();
      exchange.outgoing?.cancel();
    }
  });
  port.start?.();
}
