/** Digests and encodings: sha256sum, md5sum, cksum, base64, od, hexdump, xxd, strings. */

import type { Source } from '#engine/http';
import { openSink, openSource, type Process, print, readBytes } from '#engine/os';
import { fromBase64, Sha256, toBase64 } from '#engine/sim';
import { type Applet, complain, inputs, Printer, parseOptions, UsageError } from '../applet.ts';
import { md5, sha1 } from '../md5.ts';

type Digest = (process: Process, source: Source<Uint8Array>) => Promise<string>;

const sha256Digest: Digest = async (process, source) => {
  const hash = new Sha256();
  for (let chunk = await source.read(); chunk; chunk = await source.read()) {
    await process.compute(chunk.length / 200_000);
    hash.update(chunk);
  }
  return hash.hex();
};

const whole =
  (digest: (bytes: Uint8Array) => string): Digest =>
  async (process, source) => {
    const bytes = await readBytes(source);
    await process.compute(bytes.length / 200_000);
    return digest(bytes);
  };

const summing =
  (digest: Digest): Applet =>
  async (process, flavour) => {
    const options = parseOptions(process.argv, { flags: 'cbts', long: { check: 'c', quiet: 's' } });
    let code = 0;
    for await (const input of inputs(process, flavour, options.operands)) {
      if (!input) code = 1;
      else if (!options.has('c'))
        await print(process.stdout, `${await digest(process, input.source)}  ${input.name}\n`);
      else code = (await checkAll(process, digest, new TextDecoder().decode(await readBytes(input.source)))) || code;
    }
    return code;
  };

async function checkAll(process: Process, digest: Digest, list: string): Promise<number> {
  let failed = 0;
  for (const line of list.split('\n')) {
    const match = /^([0-9a-f]+) [ *](.+)$/.exec(line);
    if (!match) continue;
    for await (const input of inputs(process, 'gnu', [match[2] as string])) {
      const good = input && (await digest(process, input.source)) === match[1];
      if (!good) failed++;
      await print(process.stdout, `${match[2]}: ${good ? 'OK' : 'FAILED'}\n`);
    }
  }
  if (failed > 0) await complain(process, `WARNING: ${failed} computed checksum${failed > 1 ? 's' : ''} did NOT match`);
  return failed > 0 ? 1 : 0;
}

export const sha256sum = summing(sha256Digest);
export const md5sum = summing(whole(md5));
export const sha1sum = summing(whole(sha1));

export const base64: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'di',
    values: 'w',
    long: { decode: 'd', 'wrap=': 'w', 'ignore-garbage': 'i' },
  });
  const width = Number(options.value('w') ?? 76);
  for await (const input of inputs(process, flavour, options.operands.slice(0, 1))) {
    if (!input) return 1;
    const bytes = await readBytes(input.source);
    await process.compute(bytes.length / 500_000);
    if (options.has('d')) {
      const decoded = fromBase64(new TextDecoder().decode(bytes).replace(/\s+/g, ''));
      if (!decoded) {
        await complain(process, 'invalid input');
        return 1;
      }
      await process.stdout.write(decoded);
    } else {
      const text = toBase64(bytes);
      const lines =
        width > 0 ? (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((line) => `${line}\n`).join('') : text;
      await print(process.stdout, lines);
    }
  }
  return 0;
};

/** od and hexdump: with -c characters, otherwise hexadecimal or octal words. */
export const od: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'cCxvb', values: 'tNAnj' });
  const name = (process.argv[0] ?? '').replace(/^.*\//, '');
  const canonical = name === 'xxd' || options.has('C');
  const printer = new Printer(process.stdout);
  for await (const input of inputs(process, flavour, options.operands.slice(0, 1))) {
    if (!input) return 1;
    const bytes = (await readBytes(input.source)).subarray(
      0,
      Number(options.value('N') ?? options.value('n') ?? Number.POSITIVE_INFINITY),
    );
    for (let at = 0; at < bytes.length; at += 16) {
      const row = [...bytes.subarray(at, at + 16)];
      const hex = row.map((byte) => byte.toString(16).padStart(2, '0'));
      const shown = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
      if (name === 'xxd')
        await printer.print(
          `${at.toString(16).padStart(8, '0')}: ${(hex.join('').match(/.{1,4}/g) ?? []).join(' ').padEnd(40)} ${shown}\n`,
        );
      else if (canonical)
        await printer.print(
          `${at.toString(16).padStart(8, '0')}  ${hex.slice(0, 8).join(' ').padEnd(23)}  ${hex.slice(8).join(' ').padEnd(23)}  |${shown}|\n`,
        );
      else if (options.has('c') || options.value('t') === 'c')
        await printer.print(
          `${at.toString(8).padStart(7, '0')}${row.map((byte) => charText(byte).padStart(4)).join('')}\n`,
        );
      else await printer.print(`${at.toString(8).padStart(7, '0')}${hex.map((pair) => ` ${pair}`).join('')}\n`);
    }
    if (!canonical) await printer.print(`${bytes.length.toString(8).padStart(7, '0')}\n`);
    else if (name !== 'xxd') await printer.print(`${bytes.length.toString(16).padStart(8, '0')}\n`);
  }
  await printer.flush();
  return 0;
};

const charText = (byte: number): string =>
  ({ 0: '\\0', 9: '\\t', 10: '\\n', 13: '\\r' })[byte] ??
  (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'));

const DD_UNITS: { readonly [unit: string]: number } = {
  '': 1,
  c: 1,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

export const dd: Applet = async (process) => {
  const settings = new Map(
    process.argv
      .slice(1)
      .map((arg): [string, string] => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]),
  );
  const size = (text: string) => {
    const match = /^(\d+)([cbkKMG]?)B?$/.exec(text);
    if (!match) throw new UsageError(`invalid number: '${text}'`);
    return Number(match[1]) * (DD_UNITS[match[2] as string] as number);
  };
  const block = size(settings.get('bs') ?? '512');
  const limit = settings.has('count') ? size(settings.get('count') as string) * block : Number.POSITIVE_INFINITY;
  const source = settings.has('if') ? openSource(process, settings.get('if') as string) : process.stdin;
  const sink = settings.has('of') ? openSink(process, settings.get('of') as string) : process.stdout;
  let copied = 0;
  while (copied < limit) {
    const chunk = await source.read();
    if (!chunk) break;
    const part = chunk.subarray(0, limit - copied);
    await process.compute(part.length / 1_000_000);
    await sink.write(part);
    copied += part.length;
  }
  const records = `${Math.floor(copied / block)}+${copied % block > 0 ? 1 : 0}`;
  await print(process.stderr, `${records} records in\n${records} records out\n${copied} bytes copied\n`);
  return 0;
};
