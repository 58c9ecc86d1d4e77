import { describe, expect, test } from 'vitest';
import type { Scene } from './pipeline.ts';
import { Pipeline, type SceneOptions } from './pipeline.ts';
import type { Room } from './room.ts';
import { EMPTY, sampleNode, samplePod, sampleWorld, stir } from './sample-world.ts';
import type { Sources } from './sources.ts';

const BY_NODE: SceneOptions = { view: 'node', namespace: '', aspect: 1.6 };

const roomOf = (scene: Scene, id: string): Room => {
  const room = scene.rooms.find((candidate) => candidate.id === id);
  if (!room) throw new Error(`no room ${id}`);
  return room;
};
const places = (scene: Scene) =>
  new Map(scene.rooms.flatMap(({ pods }) => pods.map(({ id, x, y }) => [id, `${x},${y}`] as const)));

describe('by Node', () => {
  const world: Sources = {
    ...EMPTY,
    nodes: [sampleNode('a'), sampleNode('b', { ready: false })],
    pods: [
      samplePod({ name: 'p1', node: 'a', ready: true }),
      samplePod({ name: 'p2' }),
      samplePod({ name: 'p3', node: 'gone' }),
    ],
  };

  test('a Pod stands in its Node, without one it waits, and a Node that is gone keeps its Pods', () => {
    const scene = new Pipeline().update(world, BY_NODE);
    const inside = (id: string) => roomOf(scene, id).pods.map(({ pod }) => pod.name);
    expect(['waiting', 'node/a', 'node/b', 'node/gone'].map(inside)).toEqual([['p2'], ['p1'], [], ['p3']]);
    expect(roomOf(scene, 'node/b').group).toMatchObject({ detail: 'NotReady', health: 'bad' });
    expect(scene.counts).toMatchObject({ good: 1, busy: 2 });
  });

  test('binding a Pod moves it and nobody else, and leaves the other rooms the same objects', () => {
    const pipeline = new Pipeline();
    const before = pipeline.update(world, BY_NODE);
    const bound = samplePod({ name: 'p2', node: 'a' });
    const after = pipeline.update(
      { ...world, pods: world.pods.map((pod) => (pod.metadata.name === 'p2' ? bound : pod)) },
      BY_NODE,
    );
    const moved = [...places(after)].filter(([id, place]) => places(before).get(id) !== place).map(([id]) => id);
    expect(moved).toEqual(['uid-default-p2']);
    expect(roomOf(after, 'node/b')).toBe(roomOf(before, 'node/b'));
    expect(roomOf(after, 'node/gone')).toBe(roomOf(before, 'node/gone'));
    expect(roomOf(after, 'node/a').pods).toHaveLength(2);
  });

  test('the place of a Pod that has gone is taken by the next that comes', () => {
    const pipeline = new Pipeline();
    const pods = ['x', 'y', 'z'].map((name) => samplePod({ name, node: 'a', ready: true }));
    const before = places(pipeline.update({ ...world, pods }, BY_NODE));
    pipeline.update({ ...world, pods: pods.filter((_, index) => index !== 1) }, BY_NODE);
    const fresh = samplePod({ name: 'fresh', node: 'a' });
    const after = places(
      pipeline.update({ ...world, pods: [...pods.filter((_, index) => index !== 1), fresh] }, BY_NODE),
    );
    expect(after.get('uid-default-fresh')).toBe(before.get('uid-default-y'));
    expect(after.get('uid-default-z')).toBe(before.get('uid-default-z'));
  });

  test('a Node that goes leaves a gap, which the next Node fills', () => {
    const pipeline = new Pipeline();
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => sampleNode(name));
    const before = pipeline.update({ ...EMPTY, nodes }, BY_NODE);
    const fewer = pipeline.update({ ...EMPTY, nodes: nodes.filter((_, index) => index !== 1) }, BY_NODE);
    for (const room of fewer.rooms) expect(room.box).toEqual(roomOf(before, room.id).box);
    const again = pipeline.update(
      { ...EMPTY, nodes: [...nodes.filter((_, index) => index !== 1), sampleNode('g')] },
      BY_NODE,
    );
    expect(roomOf(again, 'node/g').box).toEqual(roomOf(before, 'node/b').box);
  });
});

test('rooms never overlap, and every Pod stands inside its own', () => {
  for (const view of ['node', 'owner', 'network'] as const) {
    const scene = new Pipeline().update(sampleWorld({ nodes: 37, pods: 430 }), { ...BY_NODE, view });
    for (const { box, pods } of scene.rooms) {
      for (const { x, y } of pods) {
        expect(x >= box.x && x + 156 <= box.x + box.width && y >= box.y && y + 54 <= box.y + box.height).toBe(true);
      }
    }
    const overlaps = scene.rooms.flatMap(({ box: a }, index) =>
      scene.rooms
        .slice(index + 1)
        .filter(
          ({ box: b }) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
        ),
    );
    expect(overlaps).toEqual([]);
  }
});

test('the same history gives the same places', () => {
  const run = () => {
    const pipeline = new Pipeline();
    let world = sampleWorld({ nodes: 10, pods: 90 });
    let scene = pipeline.update(world, BY_NODE);
    for (let turn = 0; turn < 5; turn++) {
      world = stir(world, 7, turn);
      scene = pipeline.update(world, BY_NODE);
    }
    return scene.rooms.map(({ id, box, pods }) => [id, box, pods.map(({ id: pod, x, y }) => [pod, x, y])]);
  };
  expect(run()).toEqual(run());
});

test('a changed Pod costs one room, not the world', () => {
  const pipeline = new Pipeline();
  const world = sampleWorld({ nodes: 100, pods: 1000 });
  const before = pipeline.update(world, BY_NODE);
  const after = pipeline.update(stir(world, 1000, 5), BY_NODE);
  const changed = after.rooms.filter((room, index) => room !== before.rooms[index]);
  expect(changed.map(({ id }) => id)).toEqual(['node/node-5']);
  expect(pipeline.update({ ...world }, BY_NODE).rooms.length).toBe(101);
});
