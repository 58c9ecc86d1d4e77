/** The network commands under the names that executables carry: gnu/ for what Debian installs, busybox/ for busybox's own. */
import type { Program } from '#engine/os';
import { program } from '../applet.ts';
import { curl } from './curl/curl.ts';
import { dig } from './dig.ts';
import { ifconfig, ip } from './interfaces.ts';
import { nc, telnet } from './nc.ts';
import { bindNslookup, host } from './nslookup-bind.ts';
import { busyboxNslookup, oldBusyboxNslookup } from './nslookup-busybox.ts';
import { ping } from './ping.ts';
import { busyboxWget } from './wget-busybox.ts';
import { gnuWget } from './wget-gnu.ts';

export const netPrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['gnu/curl', curl],
  ['busybox/curl', curl],
  ['busybox/wget', program(busyboxWget, 'busybox')],
  ['gnu/nslookup', bindNslookup],
  ['busybox/nslookup', busyboxNslookup],
  ['busybox-1.28/nslookup', oldBusyboxNslookup],
  ['gnu/host', host],
  ['gnu/dig', dig],
  ['gnu/wget', program(gnuWget, 'gnu', 2)],
  ['gnu/telnet', telnet],
  ['busybox/telnet', telnet],
  ...(['gnu', 'busybox'] as const).flatMap((flavour): [string, Program][] => [
    [`${flavour}/nc`, program(nc, flavour)],
    [`${flavour}/ping`, program(ping, flavour, 2)],
    [`${flavour}/ip`, program(ip, flavour)],
    [`${flavour}/ifconfig`, program(ifconfig, flavour)],
  ]),
]);
