/** The way to faults, with how many there are. */
import { Zap } from 'lucide-react';
import { useCapabilities } from '../../cluster/index.ts';
import { BarButton } from '../../design/index.ts';
import { openFaults } from '../../session/index.ts';
import { useFaults } from './use-faults.ts';
import { useFaultWords } from './words/use-words.ts';
import './faults.css';

export default function FaultsEntry() {
  const say = useFaultWords();
  const { faults } = useCapabilities();
  const count = useFaults().length;
  if (!faults) return null;
  return (
    <BarButton
      icon={
        <span className="faults-icon">
          <Zap size={16} />
          {count > 0 && <b>{count}</b>}
        </span>
      }
      label={count > 0 ? say('barCount', { count }) : say('bar')}
      data-broken={count > 0 || undefined}
      onClick={() => openFaults()}
    />
  );
}
