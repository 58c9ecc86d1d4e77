/**
 * A request's walk: each stage it passed, kept as references to what was there anyway. Nothing is compared, formatted or copied here: whoever
 * looks at a walk does that. What the audit log would say comes from the same record.
 * @upstream staging/src/k8s.io/apiserver/pkg/audit/context.go AuditContext
 */
import type { KubeObject } from '#engine/apimachinery';
import type { Headers, HttpRequest } from '#engine/http';
import type { Millis } from '#engine/sim';
import type { Reinvocation } from './admission/reinvocation.ts';
import type { AuthorizationAttributes, AuthorizationDecision } from './authorization/authorizer.ts';
import type { RequestInfo } from './request-info.ts';
import type { UserInfo } from './user-info.ts';

/** Where a request can be, in the order of a create. */
export type WalkStage =
  | 'authentication'
  | 'impersonation'
  | 'priority'
  | 'authorization'
  | 'endpoint'
  | 'decode'
  | 'patch'
  | 'defaulting'
  | 'managed-fields'
  | 'mutating'
  | 'prepare'
  | 'validation'
  | 'validating'
  | 'storage';

/** How somebody was recognised. */
export type AuthenticatorName =
  | 'client-certificate'
  | 'static-token'
  | 'service-account-token'
  | 'bootstrap-token'
  | 'anonymous';

/** One stage that was passed; `before` and `after` are the objects themselves, equal when nothing changed. */
export interface WalkStep {
  readonly stage: WalkStage;
  readonly at: Millis;
  /** The admission plugin. */
  readonly by?: string | undefined;
  readonly before?: KubeObject | undefined;
  readonly after?: KubeObject | undefined;
}

/** Priority and fairness: where the request was put. */
export interface WalkFlow {
  readonly flowSchema: string;
  readonly priorityLevel: string;
  /** uids, empty for what is missing and only imagined. */
  readonly flowSchemaUid: string;
  readonly priorityLevelUid: string;
  /** What tells the schema's flows apart. */
  readonly distinguisherMethod: string | undefined;
}

/** The record of one request, written while it is served. As JSON (trace hashes, logs) it is nothing. */
export class Walk {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Address of the caller, where the transport knows it. */
  readonly from: string | undefined;
  readonly secure: boolean;
  /** Where the request is: of a refused one, where it ended. */
  stage: WalkStage = 'authentication';
  /** The plugin that is asked, in an admission stage. */
  by: string | undefined;
  readonly steps: WalkStep[] = [];
  authenticator: AuthenticatorName | undefined;
  user: UserInfo | undefined;
  /** Who really asked, when `user` is impersonated. */
  impersonator: UserInfo | undefined;
  flow: WalkFlow | undefined;
  /** Where and how long it waited for its seat; undefined when it began at once. */
  queued: { readonly queue: number; readonly ms: Millis } | undefined;
  attributes: AuthorizationAttributes | undefined;
  decision: AuthorizationDecision | undefined;
  /** Names of the plugins that are asked, in order. */
  mutating: readonly string[] | undefined;
  validating: readonly string[] | undefined;
  warnings: readonly string[] = NOTHING;
  /** Annotations of the audit event, by key: what policies and webhooks have to say. */
  annotations: ReadonlyMap<string, string> | undefined;
  /** Why it was refused, in the server's words. */
  refusal: string | undefined;

  constructor(
    { method, path, query, headers, peer, scheme }: HttpRequest,
    readonly info: RequestInfo,
    private readonly clock: { now(): Millis },
  ) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.from = peer?.address;
    this.secure = scheme !== 'http';
    this.startedAt = clock.now();
  }

  readonly startedAt: Millis;

  /** The request enters a stage. */
  enter(stage: WalkStage, by?: string): void {
    this.stage = stage;
    this.by = by;
  }

  /** The stage it is in has been passed. */
  pass(before?: KubeObject, after?: KubeObject): void {
    this.steps.push({ stage: this.stage, at: this.clock.now(), by: this.by, before, after });
  }

  /** The same, where only a change is worth a word. */
  passIfChanged(before: KubeObject | undefined, after: KubeObject | undefined): void {
    if (before !== after) this.pass(before, after);
  }

  /** Mutating policies and webhooks that want to see the object again. */
  reinvocation: Reinvocation | undefined;

  /** Says something to the audit log. */
  annotate(key: string, value: string): void {
    this.annotations = new Map(this.annotations).set(key, value);
  }

  toJSON(): undefined {
    return undefined;
  }
}

const NOTHING: readonly string[] = Object.freeze([]);
