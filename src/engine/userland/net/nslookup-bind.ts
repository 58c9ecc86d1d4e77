/** nslookup and host of bind9. */
import type { DnsRecord, DnsRecordType, DnsResponse } from '#engine/http';
import { type Process, type Program, print } from '#engine/os';
import {
  ask,
  bare,
  type DnsFailure,
  isRecordType,
  readResolverConfig,
  reverseName,
  searchList,
  serverAddress,
} from './dns-client.ts';
import { isIpv4 } from './url.ts';

const TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;

interface Server {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

interface Answer {
  /** The name that was answered for, or the last that was tried. */
  readonly name: string;
  readonly response: DnsResponse;
}

/** Goes through the search list until a name exists. A failure is the server's silence. */
async function search(
  process: Process,
  server: Server,
  names: readonly string[],
  type: DnsRecordType,
): Promise<Answer | DnsFailure> {
  let last: Answer | DnsFailure = 'timeout';
  for (const name of names) {
    let response = await ask(process, server, name, type, TIMEOUT_MS);
    for (let i = 1; i < ATTEMPTS && response === 'timeout'; i++)
      response = await ask(process, server, name, type, TIMEOUT_MS);
    if (typeof response === 'string') return response;
    last = { name: bare(name), response };
    if (response.status === 'NOERROR') return last;
  }
  return last;
}

async function silence(process: Process, { address, port }: Server, failure: DnsFailure): Promise<number> {
  const where = `;; communications error to ${address}#${port}`;
  const why = { refused: 'connection refused', unreachable: 'host unreachable', timeout: 'timed out' }[failure];
  await print(process.stdout, `${`${where}: ${why}\n`.repeat(ATTEMPTS)};; no servers could be reached\n\n`);
  return 1;
}

/** @fidelity partial: one-shot queries; no interactive mode */
export const bindNslookup: Program = async (process) => {
  const operands: string[] = [];
  let type: DnsRecordType | undefined;
  let port = 53;
  for (const arg of process.argv.slice(1)) {
    const [, name = '', value = ''] = /^-([a-z]+)(?:=(.*))?$/i.exec(arg) ?? [];
    const upper = value.toUpperCase();
    if (!arg.startsWith('-')) operands.push(arg);
    else if (/^(q|ty|type|query|querytype|qu)$/.test(name) && isRecordType(upper)) type = upper;
    else if (/^(q|ty|type|query|querytype|qu)$/.test(name))
      await print(process.stdout, `unknown query type: ${value}\n`);
    else if (name === 'port') port = Number(value) || 53;
    else if (
      !['debug', 'nodebug', 'timeout', 'retry', 'recurse', 'norecurse', 'search', 'nosearch', 'domain', 'vc'].includes(
        name,
      )
    )
      await print(process.stdout, `*** Invalid option: ${arg.slice(1)}\n`);
  }
  const [host, serverName] = operands;
  if (host === undefined) {
    await print(process.stderr, 'nslookup: interactive mode is not simulated\n');
    return 1;
  }
  const config = readResolverConfig(process);
  const name = serverName ?? (config.nameservers[0] as string);
  const address = await serverAddress(process, name);
  if (address === undefined) {
    await print(process.stdout, `nslookup: couldn't get address for '${name}': not found\n`);
    return 1;
  }
  const server = { name, address, port };
  const isReverse = isIpv4(host) && type === undefined;
  const names = isReverse ? [`${reverseName(host)}.`] : searchList(host, config);
  const answer = await search(process, server, names, isReverse ? 'PTR' : (type ?? 'A'));
  if (typeof answer === 'string') return silence(process, server, answer);
  const head =
    isReverse && answer.response.status === 'NOERROR' ? '' : `Server:\t\t${name}\nAddress:\t${address}#${port}\n\n`;
  return show(process, head, answer, type ?? (isReverse ? 'PTR' : 'A'));
};

async function show(process: Process, head: string, { name, response }: Answer, type: DnsRecordType): Promise<number> {
  if (response.status !== 'NOERROR') {
    await print(process.stdout, `${head}** server can't find ${name}: ${response.status}\n\n`);
    return 1;
  }
  if (response.answers.length === 0) {
    await print(process.stdout, `${head}*** Can't find ${name}: No answer\n\n`);
    return 0;
  }
  const note = response.authoritative || type === 'PTR' ? '' : 'Non-authoritative answer:\n';
  await print(process.stdout, `${head}${note}${response.answers.map(nslookupLine).join('')}\n`);
  return 0;
}

function nslookupLine({ name, type, data }: DnsRecord): string {
  const owner = bare(name);
  if (type === 'A' || type === 'AAAA') return `Name:\t${owner}\nAddress: ${data}\n`;
  const [first = '', second = '', ...rest] = data.split(' ');
  const what: { readonly [type: string]: string } = {
    PTR: `name = ${data}`,
    CNAME: `canonical name = ${data}`,
    NS: `nameserver = ${data}`,
    MX: `mail exchanger = ${data}`,
    TXT: `text = ${data.startsWith('"') ? data : `"${data}"`}`,
    SRV: `service = ${data}`,
    SOA: `\n\torigin = ${bare(first)}\n\tmail addr = ${bare(second)}\n\tserial = ${rest[0]}\n\trefresh = ${rest[1]}\n\tretry = ${rest[2]}\n\texpire = ${rest[3]}\n\tminimum = ${rest[4]}`.slice(
      1,
    ),
  };
  return type === 'SOA' ? `${owner}\n${what.SOA}\n` : `${owner}\t${what[type] ?? data}\n`;
}

const STATUS_CODES: { readonly [status: string]: number } = {
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/** @fidelity partial: -t and a server; no zone transfers, no -v */
export const host: Program = async (process) => {
  const operands: string[] = [];
  let type: DnsRecordType | undefined;
  const queue = process.argv.slice(1);
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (!arg.startsWith('-')) operands.push(arg);
    else if (arg.startsWith('-t')) {
      const wanted = (arg.slice(2) || (queue.shift() ?? '')).toUpperCase();
      if (!isRecordType(wanted)) {
        await print(process.stderr, `host: invalid type: ${wanted.toLowerCase()}\n`);
        return 1;
      }
      type = wanted;
    } else if (arg === '-W' || arg === '-R' || arg === '-c') queue.shift();
    else if (arg !== '-4' && arg !== '-a') {
      await print(process.stderr, `host: illegal option -- ${arg.slice(1, 2)}\n`);
      return 1;
    } else if (arg === '-a') type = 'ANY';
  }
  const [name, serverName] = operands;
  if (name === undefined) {
    await print(
      process.stderr,
      'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
    );
    return 1;
  }
  const config = readResolverConfig(process);
  const nameserver = serverName ?? (config.nameservers[0] as string);
  const address = await serverAddress(process, nameserver);
  if (address === undefined) {
    await print(process.stderr, `host: couldn't get address for '${nameserver}': not found\n`);
    return 1;
  }
  const server = { name: nameserver, address, port: 53 };
  if (serverName !== undefined)
    await print(process.stdout, `Using domain server:\nName: ${serverName}\nAddress: ${address}#53\nAliases: \n\n`);
  const isReverse = isIpv4(name) && type === undefined;
  const names = isReverse ? [`${reverseName(name)}.`] : searchList(name, config);
  const wanted = type ?? (isReverse ? 'PTR' : 'A');
  const answer = await search(process, server, names, wanted);
  if (typeof answer === 'string') return silence(process, server, answer);
  const { response } = answer;
  if (response.status !== 'NOERROR') {
    await print(
      process.stdout,
      `Host ${isReverse ? bare(names[0] as string) : name} not found: ${STATUS_CODES[response.status] ?? 2}(${response.status})\n`,
    );
    return 1;
  }
  const lines = response.answers.map(hostLine).join('');
  await print(process.stdout, lines || (type === undefined ? '' : `${answer.name} has no ${wanted} record\n`));
  return 0;
};

function hostLine({ name, type, data }: DnsRecord): string {
  const what: { readonly [type: string]: string } = {
    A: 'has address',
    AAAA: 'has IPv6 address',
    PTR: 'domain name pointer',
    CNAME: 'is an alias for',
    NS: 'name server',
    MX: 'mail is handled by',
    TXT: 'descriptive text',
  };
  return `${bare(name)} ${what[type] ?? `has ${type} record`} ${data}\n`;
}
