/** The application of the course's chapter 9: three images of its own, built on Debian as their Dockerfiles would say. */
import { debianLayers } from './base.ts';
import { command } from './build.ts';
import type { Family } from './family.ts';

const part = (name: string, port?: number): Family => ({
  name: `podarium.local/work/${name}`,
  versions: ['1.0'],
  base: () => debianLayers('debian', '12'),
  files: () => [command(`/app/${name}`, `work-${name}`), command('/usr/bin/curl', 'gnu/curl')],
  sizeMebibytes: 14,
  config: () => ({
    entrypoint: [`/app/${name}`],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    workingDir: '/app',
    ...(port !== undefined && { exposedPorts: [`${port}/tcp`] }),
  }),
});

export const WORK_PARTS: readonly Family[] = [part('frontend', 3000), part('backend', 8080), part('worker')];
