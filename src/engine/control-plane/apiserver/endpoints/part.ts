/** What a path writes: the object itself, a subresource of it, or its Scale. */
import type { KubeObject } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import type { SubresourceStrategy } from '../registry/strategy.ts';
import type { ExpectedKind } from './codec.ts';
import { goCodec, type KindCodec } from './codec.ts';
import type { Served, Server } from './endpoint.ts';
import type { Negotiated } from './negotiate.ts';
import { respond, respondObject } from './respond.ts';
import { applyScale, SCALE_KIND, type Scale, scaleOf } from './subresources/scale.ts';

/** One way to write an object. */
export interface Part {
  /** The kind clients send and see. */
  readonly kind: ExpectedKind;
  readonly codec: KindCodec;
  readonly isScale: boolean;
  readonly subresource: SubresourceStrategy<KubeObject> | undefined;
  /** The stored object with what the client wants of this part. */
  readonly into: (current: KubeObject | undefined, wanted: KubeObject) => KubeObject;
  /** The part as clients see it. */
  readonly show: (object: KubeObject) => KubeObject;
  readonly respond: (
    server: Server,
    context: ApiContext,
    form: Negotiated,
    status: number,
    object: KubeObject,
  ) => HttpResponse;
}

/** The part that a subresource path names; '' is the object itself. */
export function partOf(served: Served, subresource: string): Part {
  const { strategy } = served.store;
  if (subresource === 'scale' && strategy.scale) return scalePart(served);
  const own = subresource === 'status' ? strategy.status : strategy.subresources?.[subresource];
  return {
    kind: served.resource,
    codec: served.codec ?? goCodec(served.resource),
    isScale: false,
    subresource: own,
    into: (_, wanted) => wanted,
    show: served.show,
    respond: (server, context, form, status, object) => respondObject(server, context, served, form, status, object),
  };
}

function scalePart(served: Served): Part {
  const strategy = served.store.strategy.scale as NonNullable<typeof served.store.strategy.scale>;
  const show = (object: KubeObject) => scaleOf(strategy, object);
  return {
    kind: SCALE_KIND,
    codec: served.codec?.patchTypes
      ? { ...goCodec(SCALE_KIND), patchTypes: served.codec.patchTypes }
      : goCodec(SCALE_KIND),
    isScale: true,
    subresource: undefined,
    into: (current, wanted) => (current ? applyScale(served.store, current, wanted as Scale) : wanted),
    show,
    respond: (_, __, form, status, object) => respond(status, show(object), form),
  };
}
