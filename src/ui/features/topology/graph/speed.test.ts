import { expect, test } from 'vitest';
import { VIEWS } from './group.ts';
import { Pipeline } from './pipeline.ts';
import { sampleWorld, stir } from './sample-world.ts';

/** Time on the processor: other work on the machine does not count. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** 10,000 Pods on 1,000 Nodes, a tenth of them changing each second: 17 per frame. */
test.each(VIEWS)('a frame of a large cluster is cheap, view %s', { retry: 3 }, (view) => {
  const pipeline = new Pipeline();
  let world = sampleWorld({ nodes: 1000, pods: 10_000 });
  const options = { view, namespace: '', aspect: 1.6 };
  pipeline.update(world, options);
  const times: number[] = [];
  for (let frame = 0; frame < 120; frame++) {
    world = stir(world, 600, frame * 37);
    const start = cpuMs();
    pipeline.update(world, options);
    times.push(cpuMs() - start);
  }
  times.sort((a, b) => a - b);
  // The quarter that collection of garbage disturbed least.
  expect(times[30]).toBeLessThan(8);
});
