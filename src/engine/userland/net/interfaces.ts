/** ip and ifconfig: the one interface that a host of this network has. */
import { type Process, print } from '#engine/os';
import type { Applet, Flavour } from '../applet.ts';

interface Interface {
  readonly name: string;
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly broadcast: string;
  readonly mac: string;
}

/** What follows from the address alone: Pods and Nodes have /24 networks with the gateway first. */
function ethernet(process: Process): Interface | undefined {
  const address = process.net.addresses[0];
  const bytes = address?.split('.').map(Number) ?? [];
  if (address === undefined || bytes.length !== 4) return undefined;
  const network = bytes.slice(0, 3).join('.');
  return {
    name: 'eth0',
    address,
    prefix: 24,
    gateway: `${network}.1`,
    broadcast: `${network}.255`,
    mac: ['02', '42', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':'),
  };
}

const LOOPBACK = { name: 'lo', address: '127.0.0.1', prefix: 8 };
const KINDS = ['address', 'link', 'route', 'neighbour'] as const;

/**
 * `ip [-4] [-br] address|link|route [show] [dev]`
 * @fidelity partial: shows lo and eth0 as they follow from the address; changes nothing, knows no other tables
 */
export const ip: Applet = async (process, flavour) => {
  const args = process.argv.slice(1);
  const flags = new Set(args.filter((arg) => arg.startsWith('-')));
  const [object = '', ...rest] = args.filter((arg) => !arg.startsWith('-'));
  const kind = KINDS.find((name) => object !== '' && name.startsWith(object));
  const words = rest.filter((word) => !['show', 'list', 'ls', 's', 'l', 'sh', 'dev'].includes(word));
  if (kind === undefined) {
    await print(
      process.stderr,
      object === ''
        ? 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n'
        : `Object "${object}" is unknown, try "ip help".\n`,
    );
    return 1;
  }
  if (['add', 'del', 'set', 'flush', 'change', 'replace'].includes(words[0] ?? '')) {
    await print(
      process.stderr,
      process.uid === 0
        ? 'ip: changing the network is not simulated\n'
        : 'RTNETLINK answers: Operation not permitted\n',
    );
    return 2;
  }
  const eth = ethernet(process);
  if (kind === 'route') return showRoutes(process, eth, words);
  if (kind === 'neighbour') return 0;
  const wanted = words[0];
  if (wanted !== undefined && wanted !== 'lo' && wanted !== eth?.name) {
    await print(
      process.stderr,
      flavour === 'gnu' ? `Device "${wanted}" does not exist.\n` : `ip: can't find device '${wanted}'\n`,
    );
    return 1;
  }
  const withAddresses = kind === 'address';
  const shown = [
    wanted === undefined || wanted === 'lo' ? loopback(flavour, withAddresses, flags) : '',
    eth && (wanted === undefined || wanted === eth.name) ? device(eth, flavour, withAddresses, flags) : '',
  ];
  await print(process.stdout, shown.join(''));
  return 0;
};

const isBrief = (flags: ReadonlySet<string>): boolean => flags.has('-br') || flags.has('-brief');

function loopback(flavour: Flavour, withAddresses: boolean, flags: ReadonlySet<string>): string {
  if (isBrief(flags))
    return `${'lo'.padEnd(17)}${'UNKNOWN'.padEnd(15)}${withAddresses ? '127.0.0.1/8 ' : '00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> '}\n`;
  const group = flavour === 'gnu' ? ' group default' : '';
  const link = flags.has('-4') ? '' : '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
  const inet = withAddresses
    ? '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n'
    : '';
  return `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN${group} qlen 1000\n${link}${inet}`;
}

function device(eth: Interface, flavour: Flavour, withAddresses: boolean, flags: ReadonlySet<string>): string {
  if (isBrief(flags))
    return `${`${eth.name}@if3`.padEnd(17)}${'UP'.padEnd(15)}${withAddresses ? `${eth.address}/${eth.prefix} ` : `${eth.mac} <BROADCAST,MULTICAST,UP,LOWER_UP> `}\n`;
  const group = flavour === 'gnu' ? ' group default' : '';
  const netns = flavour === 'gnu' ? ' link-netnsid 0' : '';
  const link = flags.has('-4') ? '' : `    link/ether ${eth.mac} brd ff:ff:ff:ff:ff:ff${netns}\n`;
  const inet = withAddresses
    ? `    inet ${eth.address}/${eth.prefix} brd ${eth.broadcast} scope global ${eth.name}\n       valid_lft forever preferred_lft forever\n`
    : '';
  return `2: ${eth.name}@if3: <BROADCAST,MULTICAST,UP,LOWER_UP${flavour === 'busybox' ? ',M-DOWN' : ''}> mtu 1500 qdisc noqueue state UP${group} \n${link}${inet}`;
}

async function showRoutes(process: Process, eth: Interface | undefined, words: readonly string[]): Promise<number> {
  if (!eth) return 0;
  if (words[0] === 'get') {
    const target = words[1] ?? '';
    const local = target === eth.address || target.startsWith('127.');
    await print(
      process.stdout,
      local
        ? `local ${target} dev lo src ${target} uid ${process.uid} \n    cache <local> \n`
        : `${target} via ${eth.gateway} dev ${eth.name} src ${eth.address} uid ${process.uid} \n    cache \n`,
    );
    return 0;
  }
  const network = `${eth.address.slice(0, eth.address.lastIndexOf('.'))}.0/${eth.prefix}`;
  await print(
    process.stdout,
    `default via ${eth.gateway} dev ${eth.name} \n${network} via ${eth.gateway} dev ${eth.name}  src ${eth.address} \n${eth.gateway} dev ${eth.name} scope link  src ${eth.address} \n`,
  );
  return 0;
}

/** @fidelity partial: shows lo and eth0; counters are zero; changes nothing */
export const ifconfig: Applet = async (process, flavour) => {
  const [wanted, ...more] = process.argv.slice(1).filter((arg) => arg !== '-a');
  const eth = ethernet(process);
  if (more.length > 0) {
    await print(process.stderr, 'ifconfig: changing the network is not simulated\n');
    return 1;
  }
  if (wanted !== undefined && wanted !== 'lo' && wanted !== eth?.name) {
    await print(
      process.stderr,
      flavour === 'gnu'
        ? `${wanted}: error fetching interface information: Device not found\n`
        : `ifconfig: ${wanted}: error fetching interface information: Device not found\n`,
    );
    return 1;
  }
  const parts: string[] = [];
  if (eth && wanted !== 'lo') parts.push(block(flavour, eth.name, eth));
  if (wanted === undefined || wanted === 'lo') parts.push(block(flavour, LOOPBACK.name, undefined));
  await print(process.stdout, parts.join(''));
  return 0;
};

/** @param eth undefined: the loopback */
function block(flavour: Flavour, name: string, eth: Interface | undefined): string {
  if (flavour === 'gnu') {
    const flags = eth
      ? 'flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500'
      : 'flags=73<UP,LOOPBACK,RUNNING>  mtu 65536';
    const inet = eth
      ? `inet ${eth.address}  netmask 255.255.255.0  broadcast ${eth.broadcast}`
      : 'inet 127.0.0.1  netmask 255.0.0.0';
    const link = eth ? `ether ${eth.mac}  txqueuelen 1000  (Ethernet)` : 'loop  txqueuelen 1000  (Local Loopback)';
    const counters = ['RX', 'TX'].map(
      (way) =>
        `        ${way} packets 0  bytes 0 (0.0 B)\n        ${way} errors 0  dropped 0 ${way === 'RX' ? ' overruns 0  frame 0' : 'overruns 0  carrier 0  collisions 0'}\n`,
    );
    return `${name}: ${flags}\n        ${inet}\n        ${link}\n${counters.join('')}\n`;
  }
  const link = eth ? `Link encap:Ethernet  HWaddr ${eth.mac.toUpperCase()}  ` : 'Link encap:Local Loopback  ';
  const inet = eth
    ? `inet addr:${eth.address}  Bcast:${eth.broadcast}  Mask:255.255.255.0`
    : 'inet addr:127.0.0.1  Mask:255.0.0.0';
  const flags = eth ? 'UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1' : 'UP LOOPBACK RUNNING  MTU:65536  Metric:1';
  const rest = [
    'RX packets:0 errors:0 dropped:0 overruns:0 frame:0',
    'TX packets:0 errors:0 dropped:0 overruns:0 carrier:0',
    'collisions:0 txqueuelen:1000 ',
    'RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)',
  ];
  return `${name.padEnd(10)}${link}\n${[inet, flags, ...rest].map((line) => `          ${line}\n`).join('')}\n`;
}
