/** What passes a query on, and what every plugin of the server is. */
import type { DnsRecordType, DnsResponse } from '#engine/http';

export interface Question {
  /** Lower case, with the final dot. */
  readonly name: string;
  readonly type: DnsRecordType;
  /** The client's address. */
  readonly client: string;
}

export interface DnsPlugin {
  readonly name: string;
  /** Answers, or asks the next plugin (perhaps another question). */
  answer(question: Question, next: (question?: Question) => Promise<DnsResponse>): Promise<DnsResponse>;
  /** Whether /ready may say so. */
  ready?(): boolean;
  /** Resolves when it is. */
  synced?(): Promise<void>;
}

export const SERVFAIL: DnsResponse = { status: 'SERVFAIL', answers: [] };
export const REFUSED: DnsResponse = { status: 'REFUSED', answers: [] };
