import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { bodyBytes, bodyJson, type Handler, httpRequest, jsonResponse, NetError, Pipe } from '#engine/http';
import { type PortLike, portHandler } from './port.ts';
import { servePort } from './serve-port.ts';

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

function connect(handler: Handler): Handler {
  const channel = new MessageChannel();
  channels.push(channel);
  servePort(channel.port1 as unknown as PortLike, handler);
  return portHandler(channel.port2 as unknown as PortLike);
}

const later = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a handler over a port', () => {
  test('request and response keep method, URL, headers, body, warnings', async () => {
    const handler = connect(async (request) => ({
      ...jsonResponse(
        201,
        { method: request.method, path: request.path, q: request.query.get('q'), sent: await bodyJson(request.body) },
        { x: request.headers.x ?? '' },
      ),
      warnings: ['careful'],
    }));
    const response = await handler(
      httpRequest('POST', '/a/b?q=1%202', { headers: { x: 'y' }, body: { kind: 'json', value: { deep: [1, 'ü'] } } }),
    );
    expect(response).toMatchObject({ status: 201, headers: { x: 'y' }, warnings: ['careful'] });
    expect(await bodyJson(response.body)).toEqual({ method: 'POST', path: '/a/b', q: '1 2', sent: { deep: [1, 'ü'] } });
  });

  test('a watch delivers frames in order, ends, and can be given up', async () => {
    const source = new Pipe<unknown>();
    const handler = connect(async () => ({
      status: 200,
      headers: {},
      body: { kind: 'stream', framing: 'json', frames: source },
    }));
    const { body } = await handler(httpRequest('GET', '/watch'));
    if (body?.kind !== 'stream' || body.framing !== 'json') throw new Error('not a stream');
    for (let i = 0; i < 3; i++) source.push({ i });
    expect([await body.frames.read(), await body.frames.read(), await body.frames.read()]).toEqual([
      { i: 0 },
      { i: 1 },
      { i: 2 },
    ]);
    body.frames.cancel();
    await later();
    source.push({ i: 3 });
    await later();
    expect(source.broken).toBe(true);
  });

  test('the sender waits for a slow reader', async () => {
    const source = new Pipe<unknown>(10);
    const handler = connect(async () => ({
      status: 200,
      headers: {},
      body: { kind: 'stream', framing: 'json', frames: source },
    }));
    let written = 0;
    const write = async () => {
      for (; written < 5000; written++) await source.write({ written });
      source.close();
    };
    const writing = write();
    const { body } = await handler(httpRequest('GET', '/watch'));
    await later();
    expect(written).toBeLessThan(1200);
    if (body?.kind !== 'stream' || body.framing !== 'json') throw new Error('not a stream');
    let read = 0;
    await body.frames.forEach(() => {
      read++;
    });
    await writing;
    expect(read).toBe(5000);
  });

  test('a session streams both ways', async () => {
    const handler = connect(async (request) => {
      if (request.body?.kind !== 'stream' || request.body.framing !== 'bytes') throw new Error('not a stream');
      return { status: 200, headers: {}, body: { kind: 'stream', framing: 'bytes', frames: request.body.frames } };
    });
    const input = new Pipe<Uint8Array>();
    const { body } = await handler(
      httpRequest('CONNECT', '/', { body: { kind: 'stream', framing: 'bytes', frames: input } }),
    );
    input.push(new Uint8Array([1, 2]));
    input.push(new Uint8Array([3]));
    input.close();
    expect([...(await bodyBytes(body))]).toEqual([1, 2, 3]);
  });

  test('failures are what they were', async () => {
    const handler = connect(async (request) => {
      if (request.path === '/net') throw new NetError('ECONNREFUSED', 'refused');
      throw new Error('broken');
    });
    await expect(handler(httpRequest('GET', '/net'))).rejects.toMatchObject({ name: 'NetError', code: 'ECONNREFUSED' });
    await expect(handler(httpRequest('GET', '/'))).rejects.toThrow('broken');
  });
});
