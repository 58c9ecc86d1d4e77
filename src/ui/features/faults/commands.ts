/** Faults in the palette. */
import { type Command, openFaults, useSession } from '../../session/index.ts';

export const commands: readonly Command[] = [
  {
    id: 'faults.open',
    label: { en: 'Break something …', zh: '制造故障……' },
    also: 'fault chaos crash kill cut network',
    run: () => openFaults(),
  },
  {
    id: 'faults.selected',
    label: { en: 'Break what is selected …', zh: '破坏所选对象……' },
    also: 'fault chaos crash kill',
    run: () => openFaults(useSession.getState().selected),
    when: () => useSession.getState().selected !== undefined,
  },
];
