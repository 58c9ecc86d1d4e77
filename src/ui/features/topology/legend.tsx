import { Info } from 'lucide-react';
import { useState } from 'react';
import { IconButton, ToneShape } from '../../design/index.ts';
import type { Counts } from './graph/room.ts';
import type { Rate } from './traffic/traffic-layer.tsx';
import type { Words } from './words.ts';

const HEALTHS = ['good', 'busy', 'warn', 'bad', 'idle'] as const;

/** What the colours and shapes mean, and how many Pods have each; folded, it is the counts alone. */
export function Legend({
  counts,
  rate,
  words,
}: {
  readonly counts: Counts;
  readonly rate: Rate;
  readonly words: Words;
}) {
  const [open, setOpen] = useState(false);
  const shown = HEALTHS.filter((health) => open || counts[health] > 0);
  return (
    <div className="map-legend" data-open={open || undefined}>
      <IconButton label={words.legend} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Info size={14} />
      </IconButton>
      <ul>
        {shown.map((health) => (
          <li key={health} data-tone={health}>
            <ToneShape tone={health} />
            <b>{counts[health]}</b> <span>{words.health[health]}</span>
          </li>
        ))}
        {open && (
          <li className="map-legend-flow">
            <i aria-hidden="true" />
            <span>{words.legendFlow}</span>
          </li>
        )}
      </ul>
      {(rate.requests > 0 || rate.failed > 0) && (
        <p className="map-rate">
          {words.requests(rate.requests)}
          {rate.failed > 0 && <b> · ✕ {words.failedRequests(rate.failed)}</b>}
        </p>
      )}
    </div>
  );
}
