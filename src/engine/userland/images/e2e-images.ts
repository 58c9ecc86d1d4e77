/** The images that upstream's own suites run. */
import { alpineLayers, debianLayers } from './base.ts';
import { command } from './build.ts';
import type { Family } from './family.ts';

const NET_TOOLS = ['curl', 'dig', 'host', 'nc', 'nslookup'];

/** An old C library with tools that ask for names. */
export const JESSIE_DNSUTILS: Family = {
  name: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
  versions: ['1.7', '1.5', '1.4'],
  base: () => debianLayers('debian', '8'),
  files: () => NET_TOOLS.map((name) => command(`/usr/bin/${name}`, `gnu/${name}`)),
  sizeMebibytes: 38,
  config: () => ({
    cmd: ['bash'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  }),
};

/** Pause, web server, client and prober in one. */
export const AGNHOST: Family = {
  name: 'registry.k8s.io/e2e-test-images/agnhost',
  versions: [
    ...['2.63.0', '2.62.0', '2.61.0', '2.60.0', '2.59', '2.58', '2.57', '2.56', '2.55', '2.54', '2.53', '2.52', '2.47'],
    ...['2.45', '2.43', '2.40', '2.39', '2.38', '2.36', '2.33', '2.32', '2.21'],
  ],
  base: () => alpineLayers('3.22.2'),
  files: () => [command('/agnhost', 'agnhost'), ...NET_TOOLS.map((name) => command(`/usr/bin/${name}`, `gnu/${name}`))],
  sizeMebibytes: 52,
  config: () => ({
    entrypoint: ['/agnhost'],
    cmd: ['pause'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  }),
};

/** The same content under another name: the tags of the copy, and those of the original. */
interface Copies {
  /** `docker.io/library/httpd` */
  readonly of: string;
  readonly tags: { readonly [tag: string]: string };
}

/** Test images that hold what a well-known image holds. @upstream test/utils/image/manifest.go */
export const E2E_COPIES: { readonly [name: string]: Copies } = {
  'registry.k8s.io/e2e-test-images/busybox': {
    of: 'docker.io/library/busybox',
    tags: { '1.37.0-1': '1.37.0', '1.36.1-1': '1.36.1', '1.29-4': '1.29.3', '1.29-2': '1.29.3' },
  },
  'registry.k8s.io/e2e-test-images/httpd': {
    of: 'docker.io/library/httpd',
    tags: { '2.4.39-4': '2.4.39', '2.4.38-4': '2.4.38', '2.4.39-2': '2.4.39', '2.4.38-2': '2.4.38' },
  },
  'registry.k8s.io/e2e-test-images/nginx': {
    of: 'docker.io/library/nginx',
    tags: { '1.15-4': '1.15', '1.14-4': '1.14', '1.15-2': '1.15', '1.14-2': '1.14' },
  },
};
