/** The map alone, over made-up clusters of any size: `topology.html?nodes=1000&pods=10000&stir=600`. */
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '../../src/ui/design/tokens.css';
import '../../src/ui/design/base.css';
import '../../src/ui/design/primitives.css';
import { sampleWorld, stir } from '../../src/ui/features/topology/graph/sample-world.ts';
import { refKey } from '../../src/ui/features/topology/graph/sources.ts';
import { TopologyPane } from '../../src/ui/features/topology/topology-pane.tsx';

const query = new URLSearchParams(location.search);
const number = (name: string): number => Number(query.get(name) ?? 0);

function Page() {
  const [world, setWorld] = useState(() => sampleWorld({ nodes: number('nodes'), pods: number('pods') }));
  const [chosen, setChosen] = useState('');
  useEffect(() => {
    const step = number('stir');
    let turn = 0;
    let frame = 0;
    const next = () => {
      turn += 37;
      if (step > 0) setWorld((before) => stir(before, step, turn));
      frame = requestAnimationFrame(next);
    };
    frame = requestAnimationFrame(next);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <TopologyPane
      sources={world}
      synced
      chosen={chosen}
      locale={query.get('locale') ?? 'en'}
      actions={(ref) => [
        { id: 'one', label: `Look at ${ref.name}`, run: () => undefined },
        { id: 'two', label: 'Something else', run: () => undefined },
      ]}
      onSelect={(ref) => setChosen(ref ? refKey(ref) : '')}
    />
  );
}

const root = document.getElementById('root');
document.documentElement.dataset.theme = query.get('theme') ?? 'light';
if (root) createRoot(root).render(<Page />);
