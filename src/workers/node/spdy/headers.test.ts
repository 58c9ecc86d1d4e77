import { constants, createDeflate } from 'node:zlib';
import { expect, test } from 'vitest';
import { DICTIONARY, HeaderReader, HeaderWriter } from './headers.ts';

test('the dictionary is the one of SPDY/3', () => {
  let a = 1;
  let b = 0;
  for (const byte of DICTIONARY) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  expect([DICTIONARY.length, ((b << 16) | a) >>> 0]).toEqual([1423, 0xe3c6a7c2]);
});

test('blocks of one connection are one deflated stream', async () => {
  const deflate = createDeflate({ dictionary: DICTIONARY });
  const text = (headers: Record<string, string>) => {
    const size = (length: number) => Buffer.from(Uint32Array.of(length).buffer).swap32();
    const parts = Object.entries(headers).flatMap((pair) =>
      pair.flatMap((one) => [size(one.length), Buffer.from(one)]),
    );
    return Buffer.concat([size(Object.keys(headers).length), ...parts]);
  };
  const block = (headers: Record<string, string>) =>
    new Promise<Buffer>((resolve) => {
      deflate.write(text(headers));
      deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(deflate.read() as Buffer));
    });
  const reader = new HeaderReader();
  for (const headers of [{ Streamtype: 'data', Port: '80', Requestid: '0' }, { Streamtype: 'error' }]) {
    const read = await reader.read(await block(headers));
    expect([...read]).toEqual(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  }
  reader.close();
});

test('what is written can be read', async () => {
  const writer = new HeaderWriter();
  const reader = new HeaderReader();
  for (const headers of [new Map([['a', 'b']]), new Map<string, string>()])
    expect(await reader.read(writer.write(headers))).toEqual(headers);
  await expect(reader.read(Buffer.from('nonsense'))).rejects.toThrow();
});
