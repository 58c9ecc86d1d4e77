import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { Anchors } from '../graph/anchors.ts';
import type { Scene } from '../graph/pipeline.ts';
import type { Sources } from '../graph/sources.ts';
import { paletteOf } from '../paint.ts';
import { type Request, Swarm } from './swarm.ts';

/** Where requests come from: calls with what happened since the last call, until the returned function is called. */
export type TrafficSource = (listener: (requests: readonly Request[], more: number) => void) => () => void;

export interface TrafficLayerProps {
  readonly scene: Scene;
  readonly services: Sources['services'];
  readonly traffic: TrafficSource;
  readonly onRate: (rate: Rate) => void;
}

export interface Rate {
  /** Per second. */
  readonly requests: number;
  /** In the last seconds. */
  readonly failed: number;
}

export const NO_REQUESTS: Rate = { requests: 0, failed: 0 };

/** Requests per second are a mean over so long. */
const RATE_MS = 3000;

const stillness = matchMedia('(prefers-reduced-motion: reduce)');

/** Requests as points that run over the drawing, and how many they are. Draws frames only while something is under way. */
export function TrafficLayer({ scene, services, traffic, onRate }: TrafficLayerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const probe = useRef<HTMLElement>(null);
  const store = useStoreApi();
  const anchors = useRef(new Anchors(scene, services));
  const shown = useRef(new Swarm());

  useEffect(() => {
    anchors.current = new Anchors(scene, services);
  }, [scene, services]);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    const swatch = probe.current;
    if (!context || !swatch) return undefined;
    const swarm = shown.current;
    let frame = 0;
    const draw = () => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const scale = globalThis.devicePixelRatio || 1;
      sizeTo(context.canvas, Math.round(width * scale), Math.round(height * scale));
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, width, height);
      const { focus, health, surface } = paletteOf(swatch);
      const [x, y, zoom] = transform;
      swarm.draw(context, { x, y, zoom }, { flow: focus, failed: health.bad, surface }, performance.now());
      if (!swarm.isEmpty) ask();
    };
    const ask = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const recent: { readonly at: number; readonly count: number; readonly failed: number }[] = [];
    let told = NO_REQUESTS;
    const meter = () => {
      const since = performance.now() - RATE_MS;
      while (recent[0] && recent[0].at < since) recent.shift();
      const sum = (key: 'count' | 'failed') => recent.reduce((total, one) => total + one[key], 0);
      const next = { requests: Math.ceil((sum('count') * 1000) / RATE_MS), failed: sum('failed') };
      if (next.requests !== told.requests || next.failed !== told.failed) onRate(next);
      told = next;
    };
    const pulse = setInterval(meter, 1000);
    const stop = traffic((requests, more) => {
      const now = performance.now();
      let count = more;
      let failed = 0;
      for (const request of requests) {
        const path = anchors.current.path(request);
        if (!path) continue;
        count += request.count;
        if (request.failed) failed += request.count;
        swarm.add(request, path, now, stillness.matches || document.hidden);
      }
      if (count > 0) recent.push({ at: now, count, failed });
      if (!swarm.isEmpty) ask();
    });
    return () => {
      stop();
      clearInterval(pulse);
      cancelAnimationFrame(frame);
      swarm.clear();
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      onRate(NO_REQUESTS);
    };
  }, [traffic, store, onRate]);

  return (
    <div aria-hidden="true">
      <canvas ref={canvas} className="map-traffic" />
      <i ref={probe} hidden />
    </div>
  );
}

function sizeTo(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
