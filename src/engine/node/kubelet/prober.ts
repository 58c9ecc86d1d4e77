/** Probe workers: one per probe of a container, from its start to its end. @upstream pkg/kubelet/prober */
import type { Container, Pod, Probe } from '#engine/api';
import type { EventRecorder } from '#engine/client-go';
import type { Rng, Timer, Tracer } from '#engine/sim';
import { type ProbeContext, runProbe } from './probe.ts';
import { ofPod, tell } from './traces.ts';
import { latestContainer, type ProbeKind, type ProbeView, type RuntimePod } from './types.ts';

/** Of a probe's answer, for the trace. */
const OUTPUT_CHARS = 300;

interface Worker {
  readonly pod: Pod;
  readonly container: Container;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  containerId: string;
  lastOk: boolean | undefined;
  run: number;
  busy: boolean;
  onHold: boolean;
  stopped: boolean;
  timer: Timer | undefined;
}

export interface ProberHost extends ProbeContext {
  readonly trace: Tracer;
  readonly nodeName: string;
  readonly rng: Rng;
  readonly recorder: EventRecorder;
  runtimePod(uid: string): RuntimePod;
  podAddress(pod: Pod): string | undefined;
  /** A verdict changed: the Pod must be looked at. */
  changed(podUid: string): void;
}

const KINDS: readonly (readonly [ProbeKind, 'startupProbe' | 'readinessProbe' | 'livenessProbe'])[] = [
  ['startup', 'startupProbe'],
  ['readiness', 'readinessProbe'],
  ['liveness', 'livenessProbe'],
];

export class Prober implements ProbeView {
  private readonly workers = new Map<string, Worker>();
  private readonly results = new Map<string, boolean>();

  constructor(private readonly host: ProberHost) {}

  result(kind: ProbeKind, containerId: string): boolean | undefined {
    if (this.workers.size === 0) return undefined;
    const slash = containerId.lastIndexOf('/');
    return this.results.get(`${kind} ${slash < 0 ? containerId : containerId.slice(slash + 1)}`);
  }

  has(kind: ProbeKind, podUid: string, container: string): boolean {
    return this.workers.size > 0 && this.workers.has(`${podUid} ${container} ${kind}`);
  }

  /** Starts workers for every probe of a Pod. */
  add(pod: Pod): void {
    const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
    for (const container of [...pod.spec.containers, ...sidecars]) {
      for (const [kind, field] of KINDS) {
        const probe = container[field];
        const key = `${pod.metadata.uid} ${container.name} ${kind}`;
        if (!probe || this.workers.has(key)) continue;
        const worker: Worker = {
          pod,
          container,
          kind,
          probe,
          containerId: '',
          lastOk: undefined,
          run: 0,
          busy: false,
          onHold: false,
          stopped: false,
          timer: undefined,
        };
        this.workers.set(key, worker);
      }
    }
  }

  /** A container of the Pod has started: its probes begin, after their initial delay. */
  started(podUid: string, containerName: string, containerId: string): void {
    for (const [kind] of KINDS) {
      const worker = this.workers.get(`${podUid} ${containerName} ${kind}`);
      if (!worker || worker.stopped) continue;
      this.results.delete(`${kind} ${worker.containerId}`);
      worker.containerId = containerId;
      worker.onHold = false;
      worker.lastOk = undefined;
      worker.run = 0;
      if (kind === 'liveness') this.results.set(`${kind} ${containerId}`, true);
      if (kind === 'readiness') this.results.set(`${kind} ${containerId}`, false);
      // A container is first looked at when the kubelet has noticed that it runs: upstream relists once a second.
      const noticedMs = 100 + this.host.rng.int(400);
      this.schedule(worker, Math.max(noticedMs, (worker.probe.initialDelaySeconds ?? 0) * 1000));
    }
  }

  /** The Pod goes away: liveness and startup no longer matter, readiness is still probed until its containers end. */
  stopLivenessAndStartup(pod: Pod): void {
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
      for (const kind of ['liveness', 'startup'] as const) {
        const worker = this.workers.get(`${pod.metadata.uid} ${container.name} ${kind}`);
        if (!worker) continue;
        worker.stopped = true;
        worker.timer?.cancel();
        this.results.set(`${kind} ${worker.containerId}`, true);
      }
    }
  }

  remove(pod: Pod): void {
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
      for (const [kind] of KINDS) {
        const key = `${pod.metadata.uid} ${container.name} ${kind}`;
        const worker = this.workers.get(key);
        if (!worker) continue;
        worker.stopped = true;
        worker.timer?.cancel();
        this.workers.delete(key);
        this.results.delete(`${kind} ${worker.containerId}`);
      }
    }
  }

  stop(): void {
    for (const worker of this.workers.values()) {
      worker.stopped = true;
      worker.timer?.cancel();
    }
  }

  private schedule(worker: Worker, ms: number): void {
    worker.timer?.cancel();
    if (worker.stopped) return;
    worker.timer = this.host.clock.after(ms, `kubelet/probe/${worker.kind}`, () => void this.probe(worker));
  }

  private async probe(worker: Worker): Promise<void> {
    const { kind, pod, container, containerId } = worker;
    if (worker.busy) return;
    const uid = pod.metadata.uid ?? '';
    const status = latestContainer(this.host.runtimePod(uid), container.name);
    // A container that ended is failed for readiness; its successor starts its own probing.
    if (status?.id !== containerId || status.state !== 'running') {
      if (kind === 'readiness') this.set(worker, false);
      return;
    }
    if (worker.onHold) return;
    const started = this.results.get(`startup ${containerId}`) ?? !this.has('startup', uid, container.name);
    if (kind === 'startup' ? started : !started) {
      if (kind !== 'startup') this.schedule(worker, (worker.probe.periodSeconds ?? 10) * 1000);
      return;
    }
    const address = this.host.podAddress(pod);
    if (address === undefined) {
      this.schedule(worker, (worker.probe.periodSeconds ?? 10) * 1000);
      return;
    }
    worker.busy = true;
    const result = await runProbe(this.host, address, container, containerId, worker.probe);
    worker.busy = false;
    if (worker.stopped || worker.containerId !== containerId) return;
    this.record(worker, result.ok, result.output);
    if (!worker.onHold) this.schedule(worker, (worker.probe.periodSeconds ?? 10) * 1000);
  }

  private record(worker: Worker, ok: boolean, output: string): void {
    const { kind, pod, container, probe } = worker;
    if (!ok) {
      const title = kind.charAt(0).toUpperCase() + kind.slice(1);
      const list = pod.spec.containers.includes(container) ? 'containers' : 'initContainers';
      this.host.recorder.event(pod, 'Warning', 'Unhealthy', `${title} probe failed: ${output}`, {
        fieldPath: `spec.${list}{${container.name}}`,
      });
    }
    const threshold = ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    const first = worker.lastOk !== ok;
    if (!first) worker.run++;
    else {
      worker.lastOk = ok;
      worker.run = 1;
    }
    const verdict = worker.run === threshold;
    if (first || verdict) {
      const whose = { ...ofPod(this.host.nodeName, pod), container: container.name };
      tell(this.host, 'kubelet.probe', { ...whose, kind, ok, output: output.slice(0, OUTPUT_CHARS), verdict });
    }
    if (worker.run < threshold) return;
    this.set(worker, ok);
    if ((kind === 'liveness' || kind === 'startup') && !ok) {
      // The container will be restarted: no more probes until the next one.
      worker.onHold = true;
      worker.run = 0;
    }
    if (kind === 'startup' && ok) {
      worker.onHold = true;
      for (const other of ['readiness', 'liveness'] as const) {
        const next = this.workers.get(`${pod.metadata.uid} ${container.name} ${other}`);
        if (next) this.schedule(next, 0);
      }
    }
  }

  private set(worker: Worker, ok: boolean): void {
    const key = `${worker.kind} ${worker.containerId}`;
    if (this.results.get(key) === ok) return;
    this.results.set(key, ok);
    this.host.changed(worker.pod.metadata.uid ?? '');
  }
}
