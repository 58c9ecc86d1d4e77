/** Asking name servers directly, as nslookup, dig and host do. */
import { bodyJson, type DnsRecordType, type DnsResponse, dnsQuery, NetError } from '#engine/http';
import { absolute, OsError, type Process } from '#engine/os';
import type { Millis } from '#engine/sim';
import { Deadline, DeadlineExceeded } from './deadline.ts';
import { isIpv4 } from './url.ts';

/** What /etc/resolv.conf says. */
interface ResolverConfig {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** A name with fewer dots is first tried with each search domain. */
  readonly ndots: number;
}

export function readResolverConfig(process: Process): ResolverConfig {
  const nameservers: string[] = [];
  let searches: readonly string[] = [];
  let ndots = 1;
  for (const line of resolvConf(process).split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && words[0]) nameservers.push(words[0]);
    else if (keyword === 'search' || keyword === 'domain') searches = words;
    else if (keyword === 'options') {
      for (const word of words) if (word.startsWith('ndots:')) ndots = Number(word.slice(6)) || 0;
    }
  }
  return { nameservers: nameservers.length > 0 ? nameservers : ['127.0.0.1'], searches, ndots };
}

function resolvConf(process: Process): string {
  try {
    return new TextDecoder().decode(process.fs.readFile(absolute('/etc/resolv.conf', process.cwd)));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    return '';
  }
}

/** Names in the order the resolver asks for them, with the final dot. */
export function searchList(name: string, { searches, ndots }: ResolverConfig): readonly string[] {
  if (name.endsWith('.')) return [name];
  const searched = searches.map((domain) => `${name}.${domain.replace(/\.$/, '')}.`);
  return name.split('.').length - 1 >= ndots ? [`${name}.`, ...searched] : [...searched, `${name}.`];
}

export type DnsFailure = 'timeout' | 'refused' | 'unreachable';
type DnsOutcome = DnsResponse | DnsFailure;

/** One question to one server. */
export async function ask(
  process: Process,
  server: { readonly address: string; readonly port: number },
  name: string,
  type: DnsRecordType,
  timeoutMs: Millis,
): Promise<DnsOutcome> {
  const deadline = new Deadline(process, timeoutMs);
  try {
    const query = dnsQuery(`${server.address}:${server.port}`, name, type, deadline.signal);
    const response = await deadline.race(process.net.fetch(query));
    return response.status === 200 ? ((await bodyJson(response.body)) as DnsResponse) : 'timeout';
  } catch (error) {
    if (error instanceof DeadlineExceeded) return 'timeout';
    if (!(error instanceof NetError)) throw error;
    return error.code === 'ECONNREFUSED' ? 'refused' : error.code === 'EHOSTUNREACH' ? 'unreachable' : 'timeout';
  } finally {
    deadline.end();
  }
}

/** The address of a server given by name. Undefined when it has none. */
export async function serverAddress(process: Process, name: string): Promise<string | undefined> {
  if (isIpv4(name) || name.includes(':')) return name;
  try {
    return (await process.net.lookup(name))[0];
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return undefined;
  }
}

/** `10.96.0.10` -> `10.0.96.10.in-addr.arpa` */
export const reverseName = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`;

export const isRecordType = (text: string): text is DnsRecordType =>
  ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'TXT', 'NS', 'SOA', 'MX', 'ANY'].includes(text);

/** A name as tools print it, without the final dot. */
export const bare = (name: string): string => (name.length > 1 ? name.replace(/\.$/, '') : name);
