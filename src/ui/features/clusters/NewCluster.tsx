/** What a new cluster is made from. */
import { type FormEvent, useState } from 'react';
import { Button } from '../../design/index.ts';
import { create } from './model.ts';
import { useClusterWords } from './words/use-words.ts';

interface NewClusterProps {
  readonly onCancel: () => void;
  readonly act: (work: Promise<unknown>) => void;
}

const MOST_NODES = { kubeadm: 100, hollow: 5000 } as const;

export function NewCluster({ onCancel, act }: NewClusterProps) {
  const say = useClusterWords();
  const [name, setName] = useState('');
  const [nodes, setNodes] = useState(3);
  const [shape, setShape] = useState<'kubeadm' | 'hollow'>('kubeadm');
  const [seed, setSeed] = useState(1);
  const [metrics, setMetrics] = useState(false);
  const most = MOST_NODES[shape];
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    act(
      create(name.trim() || 'cluster', {
        options: {
          nodes: Math.min(nodes, most),
          seed,
          ...(shape === 'hollow' ? { shape } : metrics && { addons: ['metrics-server'] }),
        },
      }),
    );
  };
  return (
    <form className="clusters-new" onSubmit={onSubmit}>
      <label>
        {say('newName')}
        <input
          className="field"
          value={name}
          maxLength={100}
          placeholder="cluster"
          ref={(input) => {
            if (document.activeElement?.closest('.clusters-new') === null) input?.focus();
          }}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        {say('newNodes')}
        <input
          className="field"
          type="number"
          min={shape === 'hollow' ? 0 : 1}
          max={most}
          required
          value={nodes}
          onChange={(event) => setNodes(event.target.valueAsNumber)}
        />
      </label>
      <label>
        {say('newShape')}
        <select className="field" value={shape} onChange={(event) => setShape(event.target.value as typeof shape)}>
          <option value="kubeadm">{say('shapeKubeadm')}</option>
          <option value="hollow">{say('shapeHollow')}</option>
        </select>
      </label>
      <label title={say('newSeedText')}>
        {say('newSeed')}
        <input
          className="field"
          type="number"
          min={0}
          max={2 ** 31 - 1}
          required
          value={seed}
          onChange={(event) => setSeed(event.target.valueAsNumber)}
        />
      </label>
      {shape === 'kubeadm' && (
        <label className="clusters-addon">
          <input type="checkbox" checked={metrics} onChange={(event) => setMetrics(event.target.checked)} />
          <span>
            {say('newMetrics')}
            <small>{say('newMetricsText')}</small>
          </span>
        </label>
      )}
      <div className="clusters-actions">
        <Button type="submit" look="main">
          {say('create')}
        </Button>
        <Button onClick={onCancel}>{say('cancel')}</Button>
      </div>
    </form>
  );
}
