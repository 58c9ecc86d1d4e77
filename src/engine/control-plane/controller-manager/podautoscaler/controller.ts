/** Scales by the load. @upstream pkg/controller/podautoscaler/horizontal.go */
import {
  horizontalPodAutoscalers,
  type Pod,
  pods,
  type V2HorizontalPodAutoscaler,
  type V2HorizontalPodAutoscalerCondition,
  type V2HorizontalPodAutoscalerStatus,
  type V2MetricStatus,
} from '#engine/api';
import { type LabelMatcher, matchesLabels, objectKey, parseLabelSelector, semanticEqual } from '#engine/apimachinery';
import { type Client, type EventRecorder, isPanic, type Lister, startController, watchWith } from '#engine/client-go';
import { formatTime, type World } from '#engine/sim';
import { type ControllerContext, recorderFor, SETTLE_MS } from '../context.ts';
import { messageOf } from '../pod-control.ts';
import { type Memory, newMemory, normalize, rememberScale } from './behavior.ts';
import { computeReplicas, type MetricsOutcome } from './metrics.ts';
import { readScale, type ScaleTarget, writeScale } from './scale-target.ts';

/** `--horizontal-pod-autoscaler-sync-period` */
const SYNC_PERIOD_MS = 15_000;
const GOT_SCALE = "the HPA controller was able to get the target's current scale";
const NO_SCALE = "the HPA controller was unable to get the target's current scale";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Starts the autoscaler. It looks at each autoscaler once a period, and at no other time.
 * @fidelity partial: no custom or external metrics; scales the kinds that are built in
 */
export function startHorizontalPodAutoscaler(context: ControllerContext): void {
  const { world, informers, signal, options } = context;
  const client = context.clientFor('horizontal-pod-autoscaler');
  const recorder = recorderFor(context, client, 'horizontal-pod-autoscaler');
  const { lister } = informers.informer(horizontalPodAutoscalers);
  const podLister = informers.informer(pods).lister;
  const period = (options.horizontalPodAutoscalerSyncPeriodMs ?? SYNC_PERIOD_MS) + SETTLE_MS;
  const memories = new Map<string, Memory>();
  const watches = [
    watchWith(horizontalPodAutoscalers, (queue) => {
      const add = (autoscaler: V2HorizontalPodAutoscaler) => queue.addAfter(objectKey(autoscaler), period);
      return {
        added: add,
        updated: (_, autoscaler) => add(autoscaler),
        deleted: (autoscaler) => memories.delete(objectKey(autoscaler)),
      };
    }),
  ];
  const reconcile = async (key: string) => {
    const autoscaler = lister.get(key);
    if (!autoscaler) return undefined;
    const memory = memories.get(key) ?? newMemory();
    memories.set(key, memory);
    try {
      await new Round({ world, client, recorder, podLister, memory }, autoscaler).run();
    } catch (error) {
      // What went wrong is in Events and conditions; the next look comes after a period anyway.
      if (isPanic(error)) throw error;
    }
    return { requeueAfterMs: period };
  };
  startController(world, informers, { name: 'horizontalpodautoscaler', watches, reconcile }, signal);
}

interface Tools {
  readonly world: World;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly podLister: Lister<Pod>;
  readonly memory: Memory;
}

/** One look at one autoscaler. */
class Round {
  private readonly status: Writable<V2HorizontalPodAutoscalerStatus>;

  constructor(
    private readonly tools: Tools,
    private readonly autoscaler: V2HorizontalPodAutoscaler,
  ) {
    this.status = { ...autoscaler.status };
  }

  async run(): Promise<void> {
    const { client, recorder } = this.tools;
    const { metadata, spec } = this.autoscaler;
    let target: ScaleTarget;
    try {
      target = await readScale(client, metadata.namespace ?? '', spec.scaleTargetRef);
    } catch (error) {
      if (isPanic(error)) throw error;
      recorder.event(this.autoscaler, 'Warning', 'FailedGetScale', messageOf(error));
      this.condition('AbleToScale', 'False', 'FailedGetScale', `${NO_SCALE}: ${messageOf(error)}`);
      await this.write();
      return;
    }
    this.condition('AbleToScale', 'True', 'SucceededGetScale', GOT_SCALE);
    const current = target.scale.spec?.replicas ?? 0;
    const { memory, world } = this.tools;
    if (memory.recommendations.length === 0) {
      memory.recommendations.push({ at: world.clock.now(), replicas: current });
    }
    const min = spec.minReplicas ?? 1;
    if (current === 0 && min !== 0) {
      const why = 'scaling is disabled since the replica count of the target is zero';
      this.condition('ScalingActive', 'False', 'ScalingDisabled', why);
      await this.finish(current, current, undefined, false);
    } else if (current > spec.maxReplicas) {
      await this.rescale(target, spec.maxReplicas, 'Current number of replicas above Spec.MaxReplicas', undefined);
    } else if (current < min) {
      await this.rescale(target, min, 'Current number of replicas below Spec.MinReplicas', undefined);
    } else await this.byMetrics(target, current, min);
  }

  private async byMetrics(target: ScaleTarget, current: number, min: number): Promise<void> {
    const outcome = await this.measure(target, current);
    if (!outcome) return;
    const { best, statuses, failures } = outcome;
    const [failure] = failures;
    const unsure = failure !== undefined && (best === undefined || best.replicas < current);
    if (unsure || best === undefined) {
      const total = this.autoscaler.spec.metrics?.length ?? 0;
      const why = `invalid metrics (${failures.length} invalid out of ${total}), first error is: ${failure?.summary}`;
      if (failure) {
        const text = `the HPA was unable to compute the replica count: ${failure.message}`;
        this.condition('ScalingActive', 'False', failure.reason, text);
      }
      this.status.currentReplicas = current;
      this.status.currentMetrics = statuses;
      await this.write();
      this.tools.recorder.event(this.autoscaler, 'Warning', 'FailedComputeMetricsReplicas', why);
      return;
    }
    const found = `the HPA was able to successfully calculate a replica count from ${best.name}`;
    this.condition('ScalingActive', 'True', 'ValidMetricFound', found);
    const { memory, world } = this.tools;
    const bounds = { current, desired: best.replicas, min, max: this.autoscaler.spec.maxReplicas };
    const { replicas, able, limited } = normalize(memory, this.autoscaler, bounds, world.clock.now());
    if (able) this.condition('AbleToScale', 'True', ...able);
    this.condition('ScalingLimited', ...limited);
    const reason = best.replicas > current ? `${best.name} above target` : 'All metrics below target';
    if (replicas === current) await this.finish(current, current, statuses, false);
    else await this.rescale(target, replicas, reason, statuses);
  }

  /** Undefined: the target does not say which Pods are its own. */
  private async measure(target: ScaleTarget, current: number): Promise<MetricsOutcome | undefined> {
    const { client, recorder, podLister, world } = this.tools;
    const { autoscaler } = this;
    const selector = target.scale.status?.selector ?? '';
    if (selector === '') {
      recorder.event(autoscaler, 'Warning', 'SelectorRequired', 'selector is required');
      const why = "the HPA target's scale is missing a selector";
      this.condition('ScalingActive', 'False', 'InvalidSelector', why);
      this.status.currentReplicas = current;
      await this.write();
      const failure = 'selector is required';
      recorder.event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', failure);
      return undefined;
    }
    const matcher: LabelMatcher = parseLabelSelector(selector);
    const mine = podLister
      .list(autoscaler.metadata.namespace)
      .filter(({ metadata }) => matchesLabels(matcher, metadata.labels));
    const now = world.clock.now();
    const outcome = await computeReplicas({ client, autoscaler, current, selector, pods: mine, now });
    for (const { reason, message } of outcome.failures) recorder.event(autoscaler, 'Warning', reason, message);
    return outcome;
  }

  private async rescale(
    target: ScaleTarget,
    replicas: number,
    reason: string,
    metrics: readonly V2MetricStatus[] | undefined,
  ): Promise<void> {
    const { client, recorder, memory, world } = this.tools;
    const current = target.scale.spec?.replicas ?? 0;
    try {
      await writeScale(client, target, replicas);
    } catch (error) {
      if (isPanic(error)) throw error;
      const text = messageOf(error);
      const what = `New size: ${replicas}; reason: ${reason}; error: ${text}`;
      recorder.event(this.autoscaler, 'Warning', 'FailedRescale', what);
      const why = `the HPA controller was unable to update the target scale: ${text}`;
      this.condition('AbleToScale', 'False', 'FailedUpdateScale', why);
      this.status.currentReplicas = current;
      if (metrics) this.status.currentMetrics = metrics;
      await this.write();
      return;
    }
    const done = `the HPA controller was able to update the target scale to ${replicas}`;
    this.condition('AbleToScale', 'True', 'SucceededRescale', done);
    recorder.event(this.autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    rememberScale(memory, current, replicas, world.clock.now());
    await this.finish(current, replicas, metrics, true);
  }

  private async finish(
    current: number,
    desired: number,
    metrics: readonly V2MetricStatus[] | undefined,
    scaled: boolean,
  ): Promise<void> {
    const { lastScaleTime, conditions } = this.status;
    const time = scaled ? formatTime(this.tools.world.clock.now()) : lastScaleTime;
    await this.write({
      ...(time !== undefined && { lastScaleTime: time }),
      ...(current > 0 && { currentReplicas: current }),
      desiredReplicas: desired,
      ...(metrics && { currentMetrics: metrics }),
      ...(conditions && { conditions }),
    });
  }

  private condition(type: string, status: 'True' | 'False', reason: string, message: string): void {
    const conditions = this.status.conditions ?? [];
    const current = conditions.find((condition) => condition.type === type);
    const since = current?.status === status ? current.lastTransitionTime : undefined;
    const next: V2HorizontalPodAutoscalerCondition = {
      type,
      status,
      lastTransitionTime: since ?? formatTime(this.tools.world.clock.now()),
      reason,
      message,
    };
    this.status.conditions = current
      ? conditions.map((condition) => (condition === current ? next : condition))
      : [...conditions, next];
  }

  private async write(status: V2HorizontalPodAutoscalerStatus = this.status): Promise<void> {
    if (semanticEqual(status, this.autoscaler.status)) return;
    await this.tools.client.updateStatus(horizontalPodAutoscalers, { ...this.autoscaler, status });
  }
}
