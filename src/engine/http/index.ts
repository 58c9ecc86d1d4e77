/**
 * The one wire of Podarium: `Handler: request -> response`. The API server, a Pod, a webhook and an ingress are
 * handlers; a client's transport is a handler; a filter wraps one in another.
 */
export { bodyBytes, bodyJson, bodyText, concat } from './body.ts';
export { type DnsRecord, type DnsRecordType, type DnsResponse, type DnsStatus, dnsQuery, dnsReply } from './dns.ts';
export { answerHttpText, beginsRequest, headOf, mayBeginRequest } from './http-text.ts';
export {
  type Body,
  type ChannelFrame,
  chain,
  type Filter,
  type Handler,
  type Headers,
  type HttpRequest,
  type HttpResponse,
  httpRequest,
  jsonResponse,
  type Peer,
  textResponse,
} from './message.ts';
export { type Listener, type ListenOptions, type Net, NetError, type NetErrorCode } from './net.ts';
export { reasonOf } from './status-text.ts';
export { BrokenPipe, Pipe, type Sink, type Source } from './stream.ts';
