/** dig of bind9. */
import type { DnsRecord, DnsRecordType, DnsResponse } from '#engine/http';
import { type Process, type Program, print } from '#engine/os';
import { civilTime } from '#engine/sim';
import { pad, shortDay, shortMonth } from '../http-date.ts';
import { ask, isRecordType, readResolverConfig, reverseName, searchList, serverAddress } from './dns-client.ts';

const VERSION = '9.20.11';
const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_TRIES = 3;

interface Query {
  name: string;
  type: DnsRecordType;
  server: string | undefined;
  port: number;
  short: boolean;
  search: boolean;
  timeoutMs: number;
  tries: number;
  readonly sections: {
    comments: boolean;
    question: boolean;
    answer: boolean;
    authority: boolean;
    additional: boolean;
    stats: boolean;
    cmd: boolean;
  };
}

type Section = keyof Query['sections'];
const SECTIONS: readonly Section[] = ['comments', 'question', 'answer', 'authority', 'additional', 'stats', 'cmd'];

/** @fidelity partial: one question per command; sizes and ids are made up; no DNSSEC, trace or transfers */
export const dig: Program = async (process) => {
  const query = parse(process);
  if (typeof query === 'string') {
    await print(process.stderr, `${query}\n`);
    return 1;
  }
  const config = readResolverConfig(process);
  const server = query.server ?? (config.nameservers[0] as string);
  const address = await serverAddress(process, server);
  if (address === undefined) {
    await print(process.stderr, `dig: couldn't get address for '${server}': not found\n`);
    return 9;
  }
  const names = query.search
    ? searchList(query.name, config)
    : [query.name.endsWith('.') ? query.name : `${query.name}.`];
  const startedAt = process.clock.now();
  let found: { readonly name: string; readonly response: DnsResponse } | undefined;
  for (const name of names) {
    const response = await askAll(process, { address, port: query.port }, name, query);
    if (typeof response === 'string') {
      const why = { refused: 'connection refused', unreachable: 'host unreachable', timeout: 'timed out' }[response];
      const line = `;; communications error to ${address}#${query.port}: ${why}\n`;
      const banner = query.short || !query.sections.cmd ? '' : greeting(process);
      await print(
        process.stdout,
        `${line.repeat(query.tries)}${banner}${query.short ? '' : ';; no servers could be reached\n'}`,
      );
      return 9;
    }
    found = { name, response };
    if (response.status === 'NOERROR') break;
  }
  if (!found) return 9;
  await print(
    process.stdout,
    query.short
      ? shortText(found.response)
      : longText(process, query, found, { server, address, tookMs: process.clock.now() - startedAt }),
  );
  return 0;
};

async function askAll(
  process: Process,
  server: { readonly address: string; readonly port: number },
  name: string,
  { type, timeoutMs, tries }: Query,
) {
  let outcome = await ask(process, server, name, type, timeoutMs);
  for (let i = 1; i < tries && outcome === 'timeout'; i++) outcome = await ask(process, server, name, type, timeoutMs);
  return outcome;
}

function parse(process: Process): Query | string {
  const query: Query = {
    name: '.',
    type: 'A',
    server: undefined,
    port: 53,
    short: false,
    search: false,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    tries: DEFAULT_TRIES,
    sections: {
      comments: true,
      question: true,
      answer: true,
      authority: true,
      additional: true,
      stats: true,
      cmd: true,
    },
  };
  const queue = process.argv.slice(1);
  if (queue.length === 0) query.type = 'NS';
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    const type = arg.toUpperCase();
    if (arg.startsWith('@')) query.server = arg.slice(1);
    else if (arg.startsWith('+')) {
      const problem = option(query, arg.slice(1));
      if (problem !== undefined) return problem;
    } else if (arg === '-x') Object.assign(query, { name: reverseName(queue.shift() ?? ''), type: 'PTR' });
    else if (arg === '-t') {
      const wanted = (queue.shift() ?? '').toUpperCase();
      if (isRecordType(wanted)) query.type = wanted;
    } else if (arg === '-p') query.port = Number(queue.shift());
    else if (arg === '-q') query.name = queue.shift() ?? '.';
    else if (arg.startsWith('-') && arg !== '-4') return `Invalid option: ${arg}`;
    else if (isRecordType(type)) query.type = type;
    else if (type !== 'IN' && arg !== '-4') query.name = arg;
  }
  return query;
}

/** Applies `+name[=value]`; gives the complaint when there is no such option. */
function option(query: Query, text: string): string | undefined {
  const isOn = !text.startsWith('no');
  const [name = '', value = ''] = text.replace(/^no/, '').split('=');
  const section = SECTIONS.find((each) => each === name);
  if (section) query.sections[section] = isOn;
  else if (name === 'all') for (const each of SECTIONS) query.sections[each] = isOn;
  else if (name === 'short') query.short = isOn;
  else if (name === 'search' || name === 'defname') query.search = isOn;
  else if (name === 'time' || name === 'timeout') query.timeoutMs = Math.max(1, Number(value)) * 1000;
  else if (name === 'tries') query.tries = Math.max(1, Number(value));
  else if (name === 'retry') query.tries = Number(value) + 1;
  else if (!['tcp', 'vc', 'recurse', 'rec', 'edns', 'cookie', 'dnssec', 'multiline', 'ttlid', 'cl'].includes(name))
    return `Invalid option: +${text}`;
  return undefined;
}

const shortText = ({ answers }: DnsResponse): string => answers.map(({ data }) => `${data}\n`).join('');

const greeting = (process: Process): string =>
  `\n; <<>> DiG ${VERSION} <<>> ${process.argv.slice(1).join(' ')}\n;; global options: +cmd\n`;

/** Columns while the name leaves room for them. */
function record({ name, type, ttlSeconds, data }: DnsRecord): string {
  if (name.length >= 24) return `${name} ${ttlSeconds} IN ${type}\t${data}\n`;
  return `${name}${'\t'.repeat(Math.ceil((24 - name.length) / 8))}${ttlSeconds}\tIN\t${type}\t${data}\n`;
}

interface Circumstances {
  readonly server: string;
  readonly address: string;
  readonly tookMs: number;
}

function longText(
  process: Process,
  { type, sections, port }: Query,
  { name, response }: { readonly name: string; readonly response: DnsResponse },
  { server, address, tookMs }: Circumstances,
): string {
  const { answers, authority = [], additional = [] } = response;
  let text = sections.cmd ? greeting(process) : '';
  if (sections.comments) {
    const flags = `qr${response.authoritative ? ' aa' : ''} rd${response.authoritative ? '' : ' ra'}`;
    text += `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${response.status}, id: ${process.rng.int(65_536)}\n`;
    text += `;; flags: ${flags}; QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional.length + 1}\n`;
    text += `${response.authoritative ? ';; WARNING: recursion requested but not available\n' : ''}\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n`;
  }
  const tabs = '\t'.repeat(Math.max(1, Math.ceil((31 - name.length) / 8)));
  const question = `;${name}${tabs}IN\t${type}\n`;
  if (sections.question) text += sections.comments ? `;; QUESTION SECTION:\n${question}\n` : question;
  const lists: readonly (readonly [Section, string, readonly DnsRecord[]])[] = [
    ['answer', 'ANSWER', answers],
    ['authority', 'AUTHORITY', authority],
    ['additional', 'ADDITIONAL', additional],
  ];
  for (const [section, title, records] of lists) {
    if (!sections[section] || records.length === 0) continue;
    text += `${sections.comments ? `;; ${title} SECTION:\n` : ''}${records.map(record).join('')}${sections.comments ? '\n' : ''}`;
  }
  if (!sections.stats) return text;
  const t = civilTime(process.clock.now());
  const size =
    45 + name.length + [...answers, ...authority, ...additional].reduce((sum, each) => sum + 12 + each.data.length, 0);
  return (
    `${text};; Query time: ${Math.round(tookMs)} msec\n;; SERVER: ${address}#${port}(${server}) (UDP)\n` +
    `;; WHEN: ${shortDay(t.weekday)} ${shortMonth(t.month)} ${pad(t.day)} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)} UTC ${t.year}\n;; MSG SIZE  rcvd: ${size}\n\n`
  );
}
