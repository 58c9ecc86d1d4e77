/** What distributions bring along: busybox, alpine, debian; and the learner's workstation. */
import type { ImageLayer, LayerEntry } from '#engine/os';
import { BUSYBOX_APPLETS, GNU_COREUTILS, WORKSTATION_TOOLS } from '../applets/names.ts';
import { command, directories, layer, text } from './build.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n' +
  'nginx:x:101:101:nginx user:/nonexistent:/bin/false\nredis:x:999:1000::/home/redis:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n';
const GROUP = 'root:x:0:\ndaemon:x:1:\nbin:x:2:\nwww-data:x:33:\nnginx:x:101:\nredis:x:1000:\nnogroup:x:65534:\n';

function system(): LayerEntry[] {
  return [
    ...directories(
      '/bin',
      '/etc',
      '/home',
      '/proc',
      '/dev',
      '/sys',
      '/root',
      '/usr/bin',
      '/usr/sbin',
      '/usr/local/bin',
      '/var/log',
      '/var/lib',
      '/var/run',
      '/run',
      '/mnt',
      '/opt',
    ),
    { path: '/tmp', directory: true, mode: 0o1777 },
    text('/etc/passwd', PASSWD),
    text('/etc/group', GROUP),
    text('/etc/nsswitch.conf', 'hosts: files dns\n'),
    text('/etc/hostname', 'localhost\n'),
  ];
}

const release = (id: string, name: string, version: string) =>
  text('/etc/os-release', `PRETTY_NAME="${name} ${version}"\nNAME="${name}"\nVERSION_ID="${version}"\nID=${id}\n`);

const busyboxFiles = (): LayerEntry[] => [
  ...BUSYBOX_APPLETS.map((name) => command(`/bin/${name}`, `busybox/${name}`)),
  command('/bin/sh', 'busybox/sh'),
  command('/bin/ash', 'busybox/sh'),
  command('/bin/busybox', 'busybox/busybox'),
];

export function busyboxLayers(version: string): readonly ImageLayer[] {
  return [
    layer(`busybox ${version}`, 2.1, () => [
      ...system(),
      ...busyboxFiles().filter(({ path }) => path !== '/bin/nslookup' || !hasOldNslookup(version)),
      ...(hasOldNslookup(version) ? [command('/bin/nslookup', 'busybox-1.28/nslookup')] : []),
      { path: '/usr/bin/env', target: '/bin/env' },
    ]),
  ];
}

/** Until 1.28 nslookup asked through the system's resolver, search domains and all. */
const hasOldNslookup = (version: string): boolean => /^1\.2[0-8](\.|$)/.test(version);

export function alpineLayers(version: string): readonly ImageLayer[] {
  return [
    layer(`alpine ${version}`, 3.6, () => [
      ...system(),
      ...busyboxFiles(),
      { path: '/usr/bin/env', target: '/bin/env' },
      command('/sbin/apk', 'apk'),
      release('alpine', 'Alpine Linux', version),
      text('/etc/alpine-release', `${version}\n`),
    ]),
  ];
}

const gnuFiles = (): LayerEntry[] => [
  ...GNU_COREUTILS.map((name) => command(`/usr/bin/${name}`, `gnu/${name}`)),
  command('/usr/bin/bash', 'bash'),
  command('/usr/bin/dash', 'dash'),
  { path: '/usr/bin/sh', target: 'dash' },
  { path: '/bin', target: 'usr/bin' },
  { path: '/sbin', target: 'usr/sbin' },
  command('/usr/bin/apt-get', 'apt'),
  command('/usr/bin/apt', 'apt'),
];

const withoutBin = (entries: readonly LayerEntry[]) => entries.filter(({ path }) => path !== '/bin');

export function debianLayers(id: 'debian' | 'ubuntu', version: string): readonly ImageLayer[] {
  const files = () => [
    ...withoutBin(system()),
    ...gnuFiles(),
    release(id, id === 'debian' ? 'Debian GNU/Linux' : 'Ubuntu', version),
    text('/etc/debian_version', `${version}\n`),
  ];
  return [layer(`${id} ${version}`, 28.2, files)];
}

/** The machine may lose its power at any time: each command is in the history file as soon as it has run. */
const WORKSTATION_BASHRC = `PS1='\\[\\e[32m\\]\\u@\\h\\[\\e[0m\\]:\\[\\e[34m\\]\\w\\[\\e[0m\\]\\$ '
HISTCONTROL=ignoreboth
HISTSIZE=1000
HISTFILESIZE=2000
PROMPT_COMMAND='history -a'
alias k=kubectl
alias ll='ls -alF'
`;

/** The learner's own machine: bash with everything the courses type. kubectl is added by whoever owns it. */
export function workstationLayers(): readonly ImageLayer[] {
  const tools = () => [
    ...debianLayers('debian', '13').flatMap((base) => base.entries()),
    ...WORKSTATION_TOOLS.map((name) => command(`/usr/bin/${name}`, `gnu/${name}`)),
    text('/root/.bashrc', WORKSTATION_BASHRC),
    text('/etc/hosts', '127.0.0.1\tlocalhost\n'),
  ];
  return [layer('workstation', 120, tools)];
}
