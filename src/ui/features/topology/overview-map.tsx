import { useReactFlow, useStore } from '@xyflow/react';
import { type PointerEvent, useEffect, useRef } from 'react';
import type { Scene } from './graph/pipeline.ts';
import { onTheme, paintOverview, paletteOf } from './paint.ts';

const SIZE = { width: 320, height: 200 } as const;

/** All of the drawing in a corner, with the part in sight framed. For the pointer only: keys move the drawing itself. */
export function OverviewMap({ scene, label }: { readonly scene: Scene; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const probe = useRef<HTMLElement>(null);
  const flow = useReactFlow();
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const { bounds, rooms } = scene;
  const scale = Math.min(SIZE.width / Math.max(1, bounds.width), SIZE.height / Math.max(1, bounds.height)) * 0.94;
  const left = bounds.x - (SIZE.width / scale - bounds.width) / 2;
  const top = bounds.y - (SIZE.height / scale - bounds.height) / 2;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    const swatch = probe.current;
    if (!context || !swatch) return undefined;
    const sight = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
    const draw = () => paintOverview(context, rooms, paletteOf(swatch), { scale, x: left, y: top }, sight);
    const frame = requestAnimationFrame(draw);
    const still = onTheme(draw);
    return () => {
      cancelAnimationFrame(frame);
      still();
    };
  }, [rooms, scale, left, top, x, y, zoom, width, height]);

  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = (part: number, whole: number, size: number, start: number) => start + ((part / whole) * size) / scale;
    const centre = {
      x: at(event.clientX - box.left, box.width, SIZE.width, left),
      y: at(event.clientY - box.top, box.height, SIZE.height, top),
    };
    flow.setCenter(centre.x, centre.y, { zoom }).catch(() => undefined);
  };
  const allInSight =
    bounds.x * zoom + x >= -1 &&
    bounds.y * zoom + y >= -1 &&
    (bounds.x + bounds.width) * zoom + x <= width + 1 &&
    (bounds.y + bounds.height) * zoom + y <= height + 1;
  return (
    <div aria-hidden="true" hidden={allInSight}>
      <canvas ref={canvas} className="map-overview" {...SIZE} title={label} onPointerDown={go} onPointerMove={go} />
      <i ref={probe} hidden />
    </div>
  );
}
