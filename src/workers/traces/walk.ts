/** The way one request took, station by station. */

import type { RequestTrace, Walk, WalkStage, WalkStep } from '#engine/cluster';
import { nearestMisses } from '#engine/cluster/access';
import type { TraceEvent } from '#engine/sim';
import { auditEvents } from './audit-events.ts';
import { objectDiff } from './object-diff.ts';
import { rowOf } from './request-rows.ts';
import type { RequestWalk, Station, StationCode } from './request-walk.ts';
import { createScene, type Scene, type Sources } from './scene.ts';

/** Undefined when the request is forgotten. */
export function walkOf(sources: Sources, id: number): RequestWalk | undefined {
  const event = sources.requests.find(id) ?? sources.traces.find(id);
  if (event?.type !== 'apiserver.request') return undefined;
  const scene = createScene(sources, event.at);
  const trace = event.detail as RequestTrace;
  return {
    row: rowOf(createScene(sources), event),
    stations: new Way(sources, scene, event, trace).stations(),
    warnings: trace.walk.warnings,
    audit: auditEvents(event),
  };
}

/** Stations of requests that change something, in order. */
const WRITE: readonly StationCode[] = [
  'decode',
  'patch',
  'defaulting',
  'managed-fields',
  'mutating',
  'prepare',
  'validation',
  'validating',
  'quota',
  'storage',
];
const CREATES: readonly StationCode[] = WRITE.filter((code) => code !== 'patch');
const DELETES: readonly StationCode[] = ['mutating', 'validating', 'quota', 'storage'];

const STATIONS: { readonly [verb: string]: readonly StationCode[] } = {
  create: CREATES,
  update: CREATES,
  patch: WRITE,
  delete: DELETES,
  deletecollection: DELETES,
};

const QUOTA = 'ResourceQuota';

const stationOf = (stage: WalkStage, by: string | undefined): StationCode => {
  if (stage === 'validating' && by === QUOTA) return 'quota';
  return stage === 'endpoint' ? 'read' : stage;
};

const NO_CHANGES = { changes: [] } as const;

class Way {
  private readonly walk: Walk;
  /** Where it was refused; undefined when it was not. */
  private readonly end: StationCode | undefined;

  constructor(
    private readonly sources: Sources,
    private readonly scene: Scene,
    private readonly event: TraceEvent,
    private readonly trace: RequestTrace,
  ) {
    this.walk = trace.walk;
    this.end = trace.code >= 400 ? stationOf(this.walk.stage, this.walk.by) : undefined;
  }

  stations(): readonly Station[] {
    const { walk, end } = this;
    const all: Station[] = [this.connection(), this.authentication()];
    if (walk.impersonator || end === 'impersonation') all.push(this.impersonation());
    if (walk.flow) all.push(this.priority());
    const denied = end === 'authentication' || end === 'impersonation' || end === 'priority';
    all.push(denied ? this.skipped('authorization') : this.authorization());
    const began = !denied && end !== 'authorization';
    const noted = walk.steps.length > 0 || (end !== undefined && WRITE.includes(end));
    const codes = noted || !began ? STATIONS[walk.info.verb] : undefined;
    if (walk.info.isResourceRequest && codes) all.push(...this.writing(codes, began));
    else all.push(began ? this.read() : this.skipped('read'));
    all.push(this.response());
    return all;
  }

  private skipped(code: StationCode): Station {
    return { code, verdict: 'skipped', facts: {}, ...NO_CHANGES };
  }

  private station(code: StationCode, facts: { readonly [name: string]: string | number | undefined }): Station {
    const refused = this.end === code;
    const known = Object.fromEntries(
      Object.entries(facts).filter((one): one is [string, string | number] => one[1] !== undefined && one[1] !== ''),
    );
    const message = refused ? this.refusal() : undefined;
    return {
      code,
      verdict: refused ? 'refused' : 'passed',
      at: refused ? this.event.at : this.walk.startedAt,
      facts: known,
      ...NO_CHANGES,
      ...(message !== undefined && { message }),
    };
  }

  private refusal(): string | undefined {
    return this.walk.refusal ?? this.trace.message;
  }

  private connection(): Station {
    const { headers, from, secure } = this.walk;
    return this.station('connection', {
      from,
      protocol: secure ? 'TLS' : 'HTTP',
      agent: headers['user-agent'],
      accept: headers.accept,
    });
  }

  private authentication(): Station {
    const { authenticator, user, impersonator } = this.walk;
    const who = impersonator ?? user;
    return this.station('authentication', {
      authenticator,
      user: who?.username,
      groups: who?.groups.join(', '),
      uid: who?.uid,
    });
  }

  private impersonation(): Station {
    const { user, impersonator, headers } = this.walk;
    return this.station('impersonation', {
      user: impersonator ? user?.username : headers['impersonate-user'],
      groups: impersonator ? user?.groups.join(', ') : headers['impersonate-group']?.replaceAll('\n', ', '),
    });
  }

  private priority(): Station {
    return this.station('priority', {
      flowSchema: this.walk.flow?.flowSchema,
      priorityLevel: this.walk.flow?.priorityLevel,
      queue: this.walk.queued && String(this.walk.queued.queue),
      waited: this.walk.queued && `${this.walk.queued.ms / 1000} s`,
    });
  }

  private authorization(): Station {
    const { decision, attributes } = this.walk;
    const base = this.station('authorization', {
      verb: attributes?.verb,
      resource: attributes?.subresource ? `${attributes.resource}/${attributes.subresource}` : attributes?.resource,
      group: attributes?.apiGroup,
      namespace: attributes?.namespace,
      name: attributes?.name,
      path: attributes?.isResourceRequest ? undefined : attributes?.path,
      authorizer: decision?.by,
      reason: decision?.allowed ? decision.reason : undefined,
    });
    const refused = base.verdict === 'refused' && attributes !== undefined;
    return {
      ...base,
      ...(decision?.rule && { rule: decision.rule }),
      ...(refused && { misses: nearestMisses(this.sources.memory, attributes, this.scene.revision) }),
    };
  }

  private read(): Station {
    const { info, query } = this.walk;
    return this.station('read', {
      verb: info.verb,
      resource: info.resource,
      labelSelector: query.get('labelSelector') ?? undefined,
      fieldSelector: query.get('fieldSelector') ?? undefined,
      limit: query.get('limit') ?? undefined,
      resourceVersion: query.get('resourceVersion') ?? undefined,
    });
  }

  private writing(codes: readonly StationCode[], began: boolean): readonly Station[] {
    const { end } = this;
    const last = end === undefined ? codes.length : codes.indexOf(end);
    return codes.flatMap((code, i) => {
      if (!began || i > last) return [this.skipped(code)];
      return code === 'mutating' ? this.mutating() : [this.stage(code)];
    });
  }

  private steps(code: StationCode): readonly WalkStep[] {
    return this.walk.steps.filter(({ stage, by }) => stationOf(stage, by) === code);
  }

  /** One station for the plugins together, and one for each that changed something. */
  private mutating(): readonly Station[] {
    const { walk, end } = this;
    const asked = walk.mutating ?? [];
    const refused = end === 'mutating';
    const steps = this.steps('mutating');
    // The last attempt of a write that was tried again.
    const latest = new Map(steps.map((step) => [step.by, step]));
    const all = this.station('mutating', { plugin: refused ? walk.by : undefined });
    return [
      ...[...latest.values()].map((step) => this.changed(step, 'mutating', { plugin: step.by })),
      { ...all, asked: refused ? asked.slice(0, asked.indexOf(walk.by ?? '') + 1) : asked },
    ];
  }

  private stage(code: StationCode): Station {
    const { walk, trace } = this;
    const step = this.steps(code).at(-1);
    const facts = this.factsOf(code, step);
    if (code === 'validating' || code === 'quota') {
      const own = walk.validating?.filter((name) => (name === QUOTA) === (code === 'quota')) ?? [];
      const refused = this.end === code;
      const base = this.station(code, { plugin: refused && code === 'validating' ? walk.by : undefined });
      const asked = refused ? own.slice(0, own.indexOf(walk.by ?? '') + 1) : own;
      return { ...base, asked };
    }
    if (!step || this.end === code) return this.station(code, facts);
    if (code === 'storage') {
      const unchanged = step.before !== undefined && step.before === step.after;
      const base = this.station(code, { ...facts, ...(unchanged && { unchanged: 1 }) });
      const diff = step.before && step.after && !unchanged ? objectDiff(step.before, step.after) : undefined;
      return { ...base, at: step.at, ...(diff && { verdict: 'changed' as const, ...withMore(diff) }) };
    }
    if (trace.verb !== 'create' && code === 'prepare') return { ...this.station(code, facts), at: step.at };
    return this.changed(step, code, facts);
  }

  private changed(step: WalkStep, code: StationCode, facts: { readonly [name: string]: string | undefined }): Station {
    const base = { ...this.station(code, facts), verdict: 'passed' as const, at: step.at };
    if (!step.before || !step.after || step.before === step.after) return base;
    const diff = objectDiff(step.before, step.after);
    return diff.changes.length === 0 ? base : { ...base, verdict: 'changed', ...withMore(diff) };
  }

  private factsOf(code: StationCode, step: WalkStep | undefined): { readonly [name: string]: string | undefined } {
    const { headers, query, info } = this.walk;
    if (code === 'decode') {
      return {
        kind: step?.after?.kind,
        contentType: headers['content-type'] ?? 'application/json',
        fieldValidation: query.get('fieldValidation') ?? 'Warn',
        fieldManager: query.get('fieldManager') ?? undefined,
      };
    }
    if (code === 'storage') {
      return {
        key: [info.resource, info.namespace, this.trace.name].filter(Boolean).join('/'),
        revision: step?.after?.metadata.resourceVersion,
        dryRun: this.trace.dryRun ? 'All' : undefined,
      };
    }
    return {};
  }

  private response(): Station {
    const { code } = this.trace;
    const message = code >= 400 ? this.refusal() : undefined;
    const base = this.station('response', { code });
    return {
      ...base,
      at: this.event.at,
      verdict: code >= 400 ? 'refused' : 'passed',
      ...(message !== undefined && { message }),
    };
  }
}

const withMore = ({ changes, more }: ReturnType<typeof objectDiff>) => ({ changes, ...(more > 0 && { more }) });
