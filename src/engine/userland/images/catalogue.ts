/** Every image that the built-in registry knows. */
import type { Image, ImageConfig } from '#engine/os';
import { alpineLayers, busyboxLayers, debianLayers, workstationLayers } from './base.ts';
import { buildImage, command, directories, layer, tagsOf, text } from './build.ts';
import { AGNHOST, E2E_COPIES, JESSIE_DNSUTILS } from './e2e-images.ts';
import type { Family } from './family.ts';
import { nginxImage } from './nginx.ts';
import { WORK_PARTS } from './work-parts.ts';

/** Finds one tag of a repository. */
export type Repository = (tag: string) => Image | undefined;

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const DEBIAN = debianLayers('debian', '12');
const ALPINE = alpineLayers('3.22.2');
const debianOrAlpine = (_: string, suffix: string) => (suffix.includes('alpine') ? ALPINE : DEBIAN);
const shell = (cmd: readonly string[]) => (): ImageConfig => ({ cmd, env: [PATH] });
const entry =
  (name: string, port: number, env: readonly string[] = []) =>
  (): ImageConfig => ({
    entrypoint: [name],
    env: [PATH, ...env],
    exposedPorts: [`${port}/tcp`],
  });
const single = (
  name: string,
  versions: readonly string[],
  program: string,
  port: number,
  sizeMebibytes: number,
): Family => ({
  name,
  versions,
  base: () => [],
  files: () => [command(`/${program}`, program)],
  sizeMebibytes,
  config: entry(`/${program}`, port),
});
/** A server whose protocol nobody speaks here: it starts as its image does, checks its environment and accepts connections. */
const database = (
  name: string,
  versions: readonly string[],
  port: number,
  sizeMebibytes: number,
  cmd: readonly string[],
  env: readonly string[] = [],
): Family => ({
  name: `docker.io/library/${name}`,
  versions,
  suffixes: ['-alpine', '-bookworm', '-slim'],
  base: debianOrAlpine,
  files: () => [
    command('/usr/local/bin/docker-entrypoint.sh', 'database'),
    command(`/usr/local/bin/${cmd[0]}`, 'database'),
  ],
  sizeMebibytes,
  config: () => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd,
    env: [PATH, `PODARIUM_SERVER=${name}`, ...env],
    exposedPorts: [`${port}/tcp`],
  }),
});
const interpreter = (
  name: string,
  versions: readonly string[],
  sizeMebibytes: number,
  cmd: readonly string[],
): Family => ({
  name: `docker.io/library/${name}`,
  versions,
  suffixes: ['-slim', '-alpine', '-bookworm'],
  base: debianOrAlpine,
  files: () => [command(`/usr/local/bin/${cmd[0]}`, name)],
  sizeMebibytes,
  config: () => ({ cmd, env: [PATH] }),
});

const FAMILIES: readonly Family[] = [
  ...WORK_PARTS,
  {
    name: 'docker.io/library/busybox',
    versions: [
      '1.37.0',
      '1.36.1',
      '1.36.0',
      '1.35.0',
      '1.34.1',
      '1.33.1',
      '1.32.1',
      '1.31.1',
      '1.30.1',
      '1.29.3',
      '1.29.2',
      '1.28.4',
      '1.28.3',
      '1.28.1',
      '1.28.0',
      '1.27.2',
      '1.27',
      '1.26.2',
      '1.25.1',
      '1.24.2',
      '1.24',
    ],
    suffixes: ['-glibc', '-musl', '-uclibc'],
    aliases: { stable: '1.37.0' },
    base: busyboxLayers,
    config: shell(['sh']),
  },
  {
    name: 'docker.io/library/alpine',
    versions: [
      '3.22.2',
      '3.22.1',
      '3.21.5',
      '3.20.8',
      '3.19.9',
      '3.18.12',
      '3.17.10',
      '3.16.9',
      '3.15.11',
      '3.14.10',
      '3.13.12',
      '3.12.12',
      '3.11.13',
      '3.10.9',
      '3.9.6',
      '3.8.5',
      '3.7.3',
      '3.6.5',
      '3.5.3',
      '3.4',
    ],
    aliases: { edge: '3.22.2' },
    base: alpineLayers,
    config: shell(['/bin/sh']),
  },
  {
    name: 'docker.io/library/debian',
    versions: ['13.1', '12.12', '11.11', '10.13', '9.13'],
    suffixes: ['-slim'],
    aliases: {
      stable: '13.1',
      trixie: '13.1',
      bookworm: '12.12',
      bullseye: '11.11',
      buster: '10.13',
      'stable-slim': '13.1',
      'bookworm-slim': '12.12',
      sid: '13.1',
      jessie: '9.13',
    },
    base: (version) => debianLayers('debian', version),
    config: shell(['bash']),
  },
  {
    name: 'docker.io/library/ubuntu',
    versions: ['24.04', '25.10', '25.04', '22.04', '20.04', '18.04', '16.04', '14.04'],
    aliases: {
      noble: '24.04',
      jammy: '22.04',
      focal: '20.04',
      bionic: '18.04',
      xenial: '16.04',
      rolling: '25.10',
      devel: '25.10',
    },
    base: (version) => debianLayers('ubuntu', version),
    config: shell(['/bin/bash']),
  },
  {
    name: 'docker.io/library/redis',
    versions: [
      '8.2.2',
      '8.2.1',
      '8.0.4',
      '7.4.6',
      '7.2.11',
      '7.2.4',
      '7.0.15',
      '7.0.0',
      '6.2.20',
      '6.2.6',
      '6.2.5',
      '6.0.20',
      '6.0.5',
      '5.0.14',
      '5.0.4',
      '5.0',
      '4.0.14',
      '3.2.12',
      '3.0.7',
      '2.8',
    ],
    suffixes: ['-alpine', '-bookworm', '-alpine3.22', '-trixie', '-bullseye'],
    base: debianOrAlpine,
    files: () => [
      ...directories('/data'),
      command('/usr/local/bin/redis-server', 'redis-server'),
      command('/usr/local/bin/redis-cli', 'redis-cli'),
      command('/usr/local/bin/redis-benchmark', 'redis-benchmark'),
      text(
        '/usr/local/bin/docker-entrypoint.sh',
        '#!/bin/sh\nset -e\nif [ "${1#-}" != "$1" ]; then\n\tset -- redis-server "$@"\nfi\nexec "$@"\n',
        0o755,
      ),
    ],
    sizeMebibytes: 12.8,
    config: (version) => ({
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['redis-server'],
      env: [PATH, `REDIS_VERSION=${version}`],
      workingDir: '/data',
      exposedPorts: ['6379/tcp'],
    }),
  },
  {
    name: 'docker.io/library/httpd',
    versions: [
      '2.4.65',
      '2.4.64',
      '2.4.63',
      '2.4.62',
      '2.4.58',
      '2.4.54',
      '2.4.52',
      '2.4.46',
      '2.4.41',
      '2.4.39',
      '2.4.38',
      '2.2.34',
    ],
    suffixes: ['-alpine', '-bookworm'],
    base: debianOrAlpine,
    files: () => [
      command('/usr/local/bin/httpd-foreground', 'httpd'),
      command('/usr/local/apache2/bin/httpd', 'httpd'),
      text('/usr/local/apache2/htdocs/index.html', '<html><body><h1>It works!</h1></body></html>\n'),
      ...directories('/usr/local/apache2/logs', '/usr/local/apache2/conf'),
    ],
    sizeMebibytes: 16.9,
    config: (version) => ({
      cmd: ['httpd-foreground'],
      env: [`${PATH}:/usr/local/apache2/bin`, 'HTTPD_PREFIX=/usr/local/apache2', `HTTPD_VERSION=${version}`],
      workingDir: '/usr/local/apache2',
      exposedPorts: ['80/tcp'],
      stopSignal: 'SIGWINCH',
    }),
  },
  {
    name: 'docker.io/curlimages/curl',
    versions: [
      '8.17.0',
      '8.16.0',
      '8.15.0',
      '8.12.1',
      '8.10.1',
      '8.5.0',
      '8.4.0',
      '7.88.1',
      '7.87.0',
      '7.85.0',
      '7.84.0',
      '7.78.0',
      '7.70.0',
    ],
    base: () => ALPINE,
    files: () => [
      command('/usr/bin/curl', 'busybox/curl'),
      command('/entrypoint.sh', 'curl-entrypoint'),
      ...directories('/home/curl_user'),
    ],
    sizeMebibytes: 6.1,
    config: () => ({ entrypoint: ['/entrypoint.sh'], cmd: ['curl'], env: [PATH], user: '100' }),
  },
  {
    name: 'docker.io/library/hello-world',
    versions: ['1'],
    aliases: { linux: '1' },
    base: () => [],
    files: () => [command('/hello', 'hello-world')],
    sizeMebibytes: 0.01,
    config: () => ({ cmd: ['/hello'], env: [PATH] }),
  },
  single(
    'registry.k8s.io/pause',
    ['3.10.1', '3.10', '3.9', '3.8', '3.7', '3.6', '3.5', '3.4.1', '3.3', '3.2', '3.1', '2.0'],
    'pause',
    0,
    0.3,
  ),
  single('docker.io/traefik/whoami', ['v1.11.0', 'v1.10.4', 'v1.10'], 'whoami', 80, 2.4),
  single('docker.io/hashicorp/http-echo', ['1.0', '1.0.0', '0.2.3'], 'http-echo', 5678, 2.2),
  single('gcr.io/google-samples/hello-app', ['2.0', '1.0'], 'hello-app', 8080, 11),
  single('us-docker.pkg.dev/google-samples/containers/gke/hello-app', ['2.0', '1.0'], 'hello-app', 8080, 11),
  single('registry.k8s.io/echoserver', ['1.10', '1.4'], 'echoserver', 8080, 46),
  single('gcr.io/google_containers/echoserver', ['1.10', '1.4'], 'echoserver', 8080, 46),
  single('registry.k8s.io/hpa-example', ['1'], 'hpa-example', 80, 162),
  single('registry.k8s.io/serve_hostname', ['v1.4', '1.4'], 'serve-hostname', 9376, 3),
  AGNHOST,
  JESSIE_DNSUTILS,
  database('mysql', ['9.5.0', '8.4.7', '8.0.44', '8.0', '5.7.44', '5.6.51'], 3306, 168, ['mysqld']),
  database('mariadb', ['12.0.2', '11.8.3', '10.11.14', '10.6', '10.3'], 3306, 112, ['mariadbd']),
  database(
    'postgres',
    ['18.0', '17.6', '16.10', '15.14', '14.19', '13.22', '12.22', '11.22', '10.23', '9.6'],
    5432,
    148,
    ['postgres'],
  ),
  database('mongo', ['8.0.15', '7.0.25', '6.0.26', '5.0.31', '4.4.29', '4.2', '4.0'], 27_017, 260, ['mongod']),
  database('memcached', ['1.6.39', '1.6', '1.5', '1.4'], 11_211, 9, ['memcached']),
  database('rabbitmq', ['4.2.0', '4.1.4', '3.13.7', '3.8', '3'], 5672, 98, ['rabbitmq-server']),
  database('cassandra', ['5.0.5', '4.1.10', '3.11'], 9042, 140, ['cassandra']),
  database('wordpress', ['6.8.3', '6.7.2', '6.2.1', '5.9', '4.8'], 80, 210, ['apache2-foreground']),
  interpreter('perl', ['5.42.0', '5.40.3', '5.38.5', '5.34.1', '5.34.0', '5.34', '5.28'], 330, ['perl']),
  interpreter(
    'python',
    ['3.14.0', '3.13.9', '3.12.12', '3.11.14', '3.10.19', '3.9.24', '3.8.20', '3.7.17', '2.7.18'],
    356,
    ['python3'],
  ),
  interpreter(
    'node',
    ['25.1.0', '24.11.0', '22.21.0', '20.19.5', '18.20.8', '16.20.2', '14.21.3', '12.22', '10.24', '6.14.2'],
    380,
    ['node'],
  ),
  interpreter('golang', ['1.25.3', '1.24.9', '1.23', '1.22', '1.21', '1.20', '1.19'], 290, ['go']),
  interpreter('bash', ['5.3.3', '5.2.37', '5.1', '5.0', '4.4'], 5, ['bash']),
  {
    name: 'podarium.local/workstation',
    versions: ['1'],
    base: workstationLayers,
    config: () => ({
      cmd: ['bash'],
      env: [PATH, 'HOME=/root', 'USER=root', 'TERM=xterm-256color', 'LANG=C.UTF-8'],
      workingDir: '/root',
    }),
  },
];

function repository(family: Family): Repository {
  const suffixes = ['', ...(family.suffixes ?? [])];
  const tags = suffixes.map((suffix) => ({ suffix, tags: tagsOf(family.versions, suffix, family.aliases) }));
  const made = new Map<string, Image>();
  return (tag) => {
    const match = tags.find((candidate) => candidate.tags.has(tag));
    if (!match) return undefined;
    const version = match.tags.get(tag) as string;
    const key = version + match.suffix;
    let image = made.get(key);
    if (!image) {
      const own =
        family.files && layer(`${family.name} ${key}`, family.sizeMebibytes ?? 1, () => family.files?.(version) ?? []);
      const layers = [...family.base(version, match.suffix), ...(own ? [own] : [])];
      image = buildImage({ name: family.name, version: key, layers, config: family.config(version) }, tag);
      made.set(key, image);
    }
    return { ...image, tag };
  };
}

const originals = new Map<string, Repository>([
  ['docker.io/library/nginx', nginxImage],
  ...FAMILIES.map((family): [string, Repository] => [family.name, repository(family)]),
]);

/** The same content under another name. */
const copied = (name: string, of: string, tags: { readonly [tag: string]: string }): Repository => {
  return (tag) => {
    const image = originals.get(of)?.(tags[tag] ?? '');
    return image && { ...image, name, tag };
  };
};

/** Repositories by their full name. */
export const CATALOGUE: ReadonlyMap<string, Repository> = new Map<string, Repository>([
  ...originals,
  ...Object.entries(E2E_COPIES).map(([name, { of, tags }]): [string, Repository] => [name, copied(name, of, tags)]),
]);
