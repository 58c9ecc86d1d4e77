import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { onTheme, type Painting, paint, paletteOf } from './paint.ts';

/** One canvas under the elements, painted again at most once a frame, in step with React Flow's viewport. */
export function PaintingLayer({ painting }: { readonly painting: Painting | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const probe = useRef<HTMLElement>(null);
  const store = useStoreApi();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !probe.current || !painting) {
      context?.clearRect(0, 0, context.canvas.width, context.canvas.height);
      return undefined;
    }
    const swatch = probe.current;
    let frame = 0;
    const draw = () => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      if (width > 0 && height > 0) paint(context, painting, paletteOf(swatch), { x, y, zoom, width, height });
    };
    const ask = () => {
      frame ||= requestAnimationFrame(draw);
    };
    ask();
    const stop = store.subscribe((state, before) => {
      if (state.transform !== before.transform || state.width !== before.width || state.height !== before.height) ask();
    });
    const still = onTheme(ask);
    return () => {
      stop();
      still();
      cancelAnimationFrame(frame);
    };
  }, [painting, store]);
  return (
    <div aria-hidden="true">
      <canvas ref={canvas} className="map-painting" />
      <i ref={probe} hidden />
    </div>
  );
}
