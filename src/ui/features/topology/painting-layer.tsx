import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { type Painting, type Palette, paint, readPalette } from './paint.ts';

/** Calls when the page's theme changes. */
export function onTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', listener);
  };
}

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
    let palette: Palette = readPalette(swatch);
    let frame = 0;
    const draw = () => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      if (width > 0 && height > 0) paint(context, painting, palette, { x, y, zoom, width, height });
    };
    const ask = () => {
      frame ||= requestAnimationFrame(draw);
    };
    ask();
    const stop = store.subscribe((state, before) => {
      if (state.transform !== before.transform || state.width !== before.width || state.height !== before.height) ask();
    });
    const still = onTheme(() => {
      palette = readPalette(swatch);
      ask();
    });
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
