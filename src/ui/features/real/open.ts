/** The page on a real cluster: what `?server=` names. */

import type { Engine } from '../../cluster/index.ts';
import { connectReal, serverBase } from '../../cluster/real.ts';
import { update } from '../../session/index.ts';

export async function openReal(server: string): Promise<Engine> {
  update({ firstMinuteDone: true, hidden: ['lesson', 'terminal', 'timeline'], centreTab: 'map' });
  return connectReal(serverBase(server) ?? location.origin);
}
