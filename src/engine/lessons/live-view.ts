/** Live state through informers, one per resource that somebody has read, and for each reading what would change it. */
import type { Resource } from '#engine/api';
import { type KubeObject, type LabelMatcher, matchesLabels, objectKey, parseLabelSelector } from '#engine/apimachinery';
import { type Client, createInformerFactory, type Informer, type InformerFactory } from '#engine/client-go';
import type { World } from '#engine/sim';
import type { Observations, Observed } from './observations.ts';
import { NotYetKnown, type TrafficCount, type TypedCommand, type View, type Visit } from './view.ts';

/** Something that was read. */
type Dependency =
  | { readonly informer: Informer<KubeObject>; readonly touches: (object: KubeObject) => boolean }
  | Observed;

/** What a reading depends on. */
export type Dependencies = readonly Dependency[];

/** Which readings a change concerns. */
export type Concerns = (dependencies: Dependencies) => boolean;

export class LiveView implements View {
  private readonly factory: InformerFactory;
  private readonly informers = new Map<Resource, Informer<KubeObject>>();
  private readonly selectors = new Map<string, LabelMatcher>();
  private dependencies: Dependency[] | undefined;

  /** @param changed called with every change, synchronously */
  constructor(
    world: World,
    client: Client,
    signal: AbortSignal,
    private readonly observations: Observations,
    private readonly changed: (concerns: Concerns) => void,
  ) {
    this.factory = createInformerFactory(world, client, signal);
  }

  /** Runs `read`, and says what its answer depends on. The value is undefined while a list it needs has not arrived. */
  track<T>(read: () => T): { readonly value: T | undefined; readonly dependencies: Dependencies } {
    const before = this.dependencies;
    const dependencies: Dependency[] = [];
    this.dependencies = dependencies;
    try {
      return { value: read(), dependencies };
    } catch (error) {
      if (!(error instanceof NotYetKnown)) throw error;
      return { value: undefined, dependencies };
    } finally {
      this.dependencies = before;
    }
  }

  list(resource: Resource, namespace: string, selector: string): readonly KubeObject[] {
    const informer = this.informer(resource);
    const matcher = this.matcher(selector);
    const touches = ({ metadata }: KubeObject) =>
      (namespace === '' || metadata.namespace === namespace) && matchesLabels(matcher, metadata.labels ?? {});
    this.dependencies?.push({ informer, touches });
    if (!informer.hasSynced) throw new NotYetKnown();
    return informer.lister.list().filter(touches);
  }

  get(resource: Resource, namespace: string, name: string): KubeObject | undefined {
    const informer = this.informer(resource);
    const key = namespace === '' ? name : `${namespace}/${name}`;
    this.dependencies?.push({ informer, touches: (object) => objectKey(object) === key });
    if (!informer.hasSynced) throw new NotYetKnown();
    return informer.lister.get(key);
  }

  commands(): readonly TypedCommand[] {
    this.dependencies?.push('commands');
    return this.observations.commands();
  }

  visits(): readonly Visit[] {
    this.dependencies?.push('visits');
    return this.observations.visits();
  }

  traffic(target: string): TrafficCount {
    this.dependencies?.push('traffic');
    return this.observations.traffic(target);
  }

  private matcher(selector: string): LabelMatcher {
    let matcher = this.selectors.get(selector);
    if (!matcher) {
      matcher = parseLabelSelector(selector);
      this.selectors.set(selector, matcher);
    }
    return matcher;
  }

  private informer(resource: Resource): Informer<KubeObject> {
    const known = this.informers.get(resource);
    if (known) return known;
    const informer = this.factory.informer(resource);
    this.informers.set(resource, informer);
    const concerning =
      (concerned: (touches: (object: KubeObject) => boolean) => boolean): Concerns =>
      (dependencies) =>
        dependencies.some((one) => typeof one === 'object' && one.informer === informer && concerned(one.touches));
    informer.addEventHandler({
      added: (object, initial) => !initial && this.changed(concerning((touches) => touches(object))),
      updated: (previous, object) => this.changed(concerning((touches) => touches(previous) || touches(object))),
      deleted: (object) => this.changed(concerning((touches) => touches(object))),
    });
    informer.synced.then(
      () => this.changed(concerning(() => true)),
      () => undefined,
    );
    return informer;
  }
}
