/** nslookup as busybox has it: the long-winded one since 1.29 and the short one before. */
import type { DnsRecord, DnsRecordType } from '#engine/http';
import { NetError } from '#engine/http';
import { type Process, type Program, print } from '#engine/os';
import { parseOptions, UsageError } from '../applet.ts';
import { ask, bare, isRecordType, readResolverConfig, reverseName, serverAddress } from './dns-client.ts';
import { isIpv4 } from './url.ts';

const USAGE = `BusyBox v1.37.0 (2025-01-01 00:00:00 UTC) multi-call binary.

Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any
`;
const DEFAULT_TIMEOUT_SECONDS = 5;
const ATTEMPTS = 2;

interface Question {
  readonly name: string;
  readonly type: DnsRecordType;
}

/**
 * Each name is asked for with every search domain when it has no dot, as it is otherwise: `web.default` is not found.
 * @fidelity full
 */
export const busyboxNslookup: Program = async (process) => {
  const { types, operands, port } = configure(process);
  const [host, server] = operands;
  if (host === undefined || operands.length > 2) {
    await print(process.stderr, USAGE);
    return 1;
  }
  const config = readResolverConfig(process);
  const nameserver = server ?? (config.nameservers[0] as string);
  const address = await serverAddress(process, nameserver);
  if (address === undefined) {
    await print(process.stderr, `nslookup: bad address '${nameserver}'\n`);
    return 1;
  }
  const questions = questionsFor(host, types, config.searches);
  let code = 0;
  let greeted = false;
  for (const question of questions) {
    const outcome = await askTwice(process, { address, port }, question);
    if (typeof outcome === 'string') {
      if (outcome !== 'timeout') {
        const why = outcome === 'refused' ? 'Connection refused' : 'Host is unreachable';
        await print(process.stderr, `nslookup: write to '${address}': ${why}\n`);
      }
      await print(process.stdout, ';; connection timed out; no servers could be reached\n\n');
      return 1;
    }
    if (!greeted) await print(process.stdout, `Server:\t\t${nameserver}\nAddress:\t${address}:${port}\n\n`);
    greeted = true;
    if (outcome.status !== 'NOERROR') {
      code = 1;
      await print(process.stdout, `** server can't find ${question.name}: ${outcome.status}\n\n`);
      continue;
    }
    const note = outcome.authoritative ? '' : 'Non-authoritative answer:\n';
    const records = outcome.answers.map(line).join('');
    const missing = records === '' && question.type !== 'AAAA' ? `*** Can't find ${question.name}: No answer\n` : '';
    await print(process.stdout, `${note}${records}${missing}\n`);
  }
  return code;
};

function configure(process: Process): {
  readonly types: readonly DnsRecordType[];
  readonly operands: readonly string[];
  readonly port: number;
} {
  const types: DnsRecordType[] = [];
  const operands: string[] = [];
  let port = 53;
  for (const arg of process.argv.slice(1)) {
    const [, name = '', value = ''] = /^-([a-z]+)(?:=(.*))?$/.exec(arg) ?? [];
    const type = value.toUpperCase();
    if (!arg.startsWith('-')) operands.push(arg);
    else if ((name === 'type' || name === 'querytype' || name === 'q' || name === 'qt') && isRecordType(type))
      types.push(type);
    else if (name === 'port') port = Number(value) || 53;
    else if (!['debug', 'timeout', 'retry'].includes(name))
      throw new UsageError(`invalid query type "${value || arg}"`);
  }
  return { types, operands, port };
}

function questionsFor(host: string, types: readonly DnsRecordType[], searches: readonly string[]): readonly Question[] {
  if (isIpv4(host)) return [{ name: reverseName(host), type: 'PTR' }];
  const asked = types.length > 0 ? types : (['A', 'AAAA'] as const);
  return asked.flatMap((type) => {
    const names =
      type === 'PTR' || searches.length === 0 || host.includes('.')
        ? [host]
        : searches.map((domain) => `${host}.${domain}`);
    return names.map((name) => ({ name, type }));
  });
}

async function askTwice(
  process: Process,
  server: { readonly address: string; readonly port: number },
  { name, type }: Question,
) {
  let outcome = await ask(process, server, name, type, DEFAULT_TIMEOUT_SECONDS * 1000);
  for (let i = 1; i < ATTEMPTS && outcome === 'timeout'; i++)
    outcome = await ask(process, server, name, type, DEFAULT_TIMEOUT_SECONDS * 1000);
  return outcome;
}

function line({ name, type, data }: DnsRecord): string {
  const owner = bare(name);
  if (type === 'A' || type === 'AAAA') return `Name:\t${owner}\nAddress: ${data}\n`;
  const what: { readonly [type: string]: string } = {
    PTR: `name = ${bare(data)}`,
    CNAME: `canonical name = ${bare(data)}`,
    NS: `nameserver = ${bare(data)}`,
    MX: `mail exchanger = ${bare(data)}`,
    TXT: `text = ${data.startsWith('"') ? data : `"${data}"`}`,
    SRV: `service = ${bare(data)}`,
    SOA: `origin = ${data}`,
  };
  return `${owner}\t${what[type] ?? data}\n`;
}

/**
 * Up to busybox 1.28: asks the system's resolver (with search domains and ndots) and names the addresses it gets.
 * @fidelity partial: a server on the command line is asked with the search list of /etc/resolv.conf
 */
export const oldBusyboxNslookup: Program = async (process) => {
  const { operands } = parseOptions(process.argv, {});
  const [host, server] = operands;
  if (host === undefined || operands.length > 2) {
    await print(
      process.stderr,
      'BusyBox v1.28.4 (2018-05-22 17:00:17 UTC) multi-call binary.\n\nUsage: nslookup [HOST] [SERVER]\n\nQuery the nameserver for the IP address of the given HOST\noptionally using a specified DNS server\n',
    );
    return 1;
  }
  const nameserver = server ?? (readResolverConfig(process).nameservers[0] as string);
  const address = (await serverAddress(process, nameserver)) ?? nameserver;
  const named = await nameOf(process, address, address);
  await print(process.stdout, `Server:    ${nameserver}\nAddress 1: ${address}${named}\n\n`);
  let addresses: readonly string[] = [];
  try {
    addresses = isIpv4(host) ? [host] : await process.net.lookup(host);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
  }
  if (addresses.length === 0) {
    await print(process.stderr, `nslookup: can't resolve '${host}'\n`);
    return 1;
  }
  let text = `Name:      ${host}\n`;
  for (const [i, each] of addresses.entries())
    text += `Address ${i + 1}: ${each}${await nameOf(process, address, each)}\n`;
  await print(process.stdout, text);
  return 0;
};

/** What the PTR record says, behind a space. */
async function nameOf(process: Process, server: string, address: string): Promise<string> {
  if (!isIpv4(address)) return '';
  const outcome = await ask(
    process,
    { address: server, port: 53 },
    reverseName(address),
    'PTR',
    DEFAULT_TIMEOUT_SECONDS * 1000,
  );
  const found = typeof outcome === 'string' ? undefined : outcome.answers.find(({ type }) => type === 'PTR');
  return found ? ` ${bare(found.data)}` : '';
}
