/** DNS on the one wire: `GET /dns-query?name=&type=` on port 53, answered with a DnsResponse as JSON. */
import { type HttpRequest, type HttpResponse, httpRequest, jsonResponse } from './message.ts';

export type DnsRecordType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME' | 'TXT' | 'NS' | 'SOA' | 'MX' | 'ANY';

/** Response codes of RFC 1035. `NOERROR` without answers is what resolvers call NODATA. */
export type DnsStatus = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';

export interface DnsRecord {
  /** Fully qualified, lower case, with the final dot. */
  readonly name: string;
  readonly type: DnsRecordType;
  readonly ttlSeconds: number;
  /** As a zone file writes it: an address, a name with its final dot, `priority weight port target`. */
  readonly data: string;
}

export interface DnsResponse {
  readonly status: DnsStatus;
  readonly authoritative?: boolean;
  readonly answers: readonly DnsRecord[];
  /** The SOA of a negative answer. */
  readonly authority?: readonly DnsRecord[];
  /** Addresses of the targets of SRV answers. */
  readonly additional?: readonly DnsRecord[];
}

/** A question to the server at `authority` (`address:53`). `name` is fully qualified; the final dot may be left out. */
export function dnsQuery(authority: string, name: string, type: DnsRecordType, signal?: AbortSignal): HttpRequest {
  return httpRequest('GET', '/dns-query', {
    authority,
    query: new URLSearchParams({ name, type }),
    headers: { accept: 'application/dns-json' },
    ...(signal && { signal }),
  });
}

/** What a DNS server's handler returns. */
export function dnsReply(response: DnsResponse): HttpResponse {
  return jsonResponse(200, response, { 'content-type': 'application/dns-json' });
}
