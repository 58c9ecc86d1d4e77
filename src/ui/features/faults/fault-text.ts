/** A standing fault in words. */
import type { Fault } from '../../../workers/protocol.ts';
import { en } from './words/en.ts';
import type { FaultSay, FaultWord } from './words/words.ts';

export function faultText(fault: Fault, say: FaultSay): string {
  const key = `fault.${fault.do}`;
  if (!(key in en)) return fault.do;
  const party = (name: string): string =>
    name === '*' ? say('anyone') : name === 'workstation' ? say('workstation') : name.replace(/^pod:/, '');
  const values: { [name: string]: string | number } = {};
  for (const [name, value] of Object.entries(fault)) if (!Array.isArray(value)) values[name] = value as string | number;
  if ('between' in fault) {
    values.a = party(fault.between[0]);
    values.b = party(fault.between[1]);
  }
  if ('skewMs' in fault) values.minutes = Math.round(fault.skewMs / 60_000);
  return say(key as FaultWord, values);
}
