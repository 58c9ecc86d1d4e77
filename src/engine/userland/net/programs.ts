/** The network commands under the names that executables carry: gnu/ for what Debian installs, busybox/ for busybox's own. */
import type { Program } from '#engine/os';
import { program } from '../applet.ts';
import { curl } from './curl/curl.ts';
import { bindNslookup, host } from './nslookup-bind.ts';
import { busyboxNslookup, oldBusyboxNslookup } from './nslookup-busybox.ts';
import { busyboxWget } from './wget-busybox.ts';

export const netPrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['gnu/curl', curl],
  ['busybox/curl', curl],
  ['busybox/wget', program(busyboxWget, 'busybox')],
  ['gnu/nslookup', bindNslookup],
  ['busybox/nslookup', busyboxNslookup],
  ['busybox-1.28/nslookup', oldBusyboxNslookup],
  ['gnu/host', host],
]);
