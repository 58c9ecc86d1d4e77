/** The stub resolver of a host: /etc/hosts, then the nameservers of /etc/resolv.conf over the wire. */
import { bodyJson, type DnsResponse, dnsQuery, type Handler, NetError } from '#engine/http';

/** What /etc/resolv.conf and /etc/hosts say. */
export interface Resolver {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** A name with fewer dots is first tried with each search domain. */
  readonly ndots: number;
  readonly hosts?: ReadonlyMap<string, readonly string[]>;
  /** What /etc/hosts calls the host itself. */
  readonly ownNames?: readonly string[];
}

export const NO_RESOLVER: Resolver = { nameservers: [], searches: [], ndots: 1 };

/** Names in the order the resolver asks for them, fully qualified with the final dot. */
function candidates(name: string, resolver: Resolver): readonly string[] {
  if (name.endsWith('.')) return [name];
  const searched = resolver.searches.map((domain) => `${name}.${domain.replace(/\.$/, '')}.`);
  const dots = name.split('.').length - 1;
  return dots >= resolver.ndots ? [`${name}.`, ...searched] : [...searched, `${name}.`];
}

/** Addresses of a name. Rejects with NetError ENOTFOUND in getaddrinfo's words. */
export async function resolve(name: string, resolver: Resolver, fetch: Handler): Promise<readonly string[]> {
  const known = resolver.hosts?.get(name);
  if (known) return known;
  if (name === 'localhost') return ['127.0.0.1'];
  let answered = false;
  for (const candidate of candidates(name, resolver)) {
    const response = await ask(candidate, resolver, fetch);
    if (!response) continue;
    answered = true;
    const addresses = response.answers.filter((record) => record.type === 'A').map((record) => record.data);
    if (addresses.length > 0) return addresses;
  }
  throw new NetError('ENOTFOUND', answered ? 'Name or service not known' : 'Temporary failure in name resolution');
}

/** The first answer of any nameserver that is not a server failure; undefined when none could be had. */
async function ask(name: string, resolver: Resolver, fetch: Handler): Promise<DnsResponse | undefined> {
  for (const server of resolver.nameservers) {
    try {
      const response = await fetch(dnsQuery(`${server}:53`, name, 'A'));
      const answer = (await bodyJson(response.body)) as DnsResponse;
      if (answer.status === 'NOERROR' || answer.status === 'NXDOMAIN') return answer;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
    }
  }
  return undefined;
}
