import { expect, test } from 'vitest';
import { neighbour, placesOf } from './neighbour.ts';
import { Pipeline } from './pipeline.ts';
import { sampleWorld } from './sample-world.ts';

const scene = new Pipeline().update(sampleWorld({ nodes: 4, pods: 16 }), { view: 'node', namespace: '', aspect: 1.4 });
const places = placesOf(scene);

test('there and back again', () => {
  const start = neighbour(places, '', 'ArrowRight');
  expect(start).toBe(places[0]);
  const inside = places.find(({ key }) => key.startsWith('Pod/'));
  const right = neighbour(places, inside?.key ?? '', 'ArrowRight');
  expect(right?.x).toBeGreaterThan(inside?.x ?? 0);
  expect(right?.y).toBe(inside?.y);
  expect(neighbour(places, right?.key ?? '', 'ArrowLeft')).toBe(inside);
});

test('every object can be reached by arrows', () => {
  const seen = new Set<string>();
  const ways = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const;
  const queue = [places[0]?.key ?? ''];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    for (const way of ways) {
      const next = neighbour(places, key, way);
      if (next) queue.push(next.key);
    }
  }
  expect(seen.size).toBe(places.length);
});
