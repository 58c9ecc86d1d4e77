import { ListTree, SlidersHorizontal } from 'lucide-react';
import { useId, useState } from 'react';
import { IconButton } from '../../design/index.ts';
import type { Filter, FilterWords } from './graph/filter.ts';
import { VIEWS, type View } from './graph/group.ts';
import type { Health } from './graph/pod-state.ts';
import type { Words } from './words.ts';

const HEALTHS: readonly Health[] = ['good', 'busy', 'warn', 'bad', 'idle'];

export interface ToolbarProps {
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly wanted: FilterWords;
  readonly onWanted: (wanted: FilterWords) => void;
  readonly filter: Filter;
  readonly namespaces: readonly string[];
  readonly tree: boolean;
  readonly onTree: (tree: boolean) => void;
  readonly words: Words;
}

export function Toolbar({ view, onView, wanted, onWanted, filter, namespaces, tree, onTree, words }: ToolbarProps) {
  const name = useId();
  const [open, setOpen] = useState(false);
  const set = (part: Partial<FilterWords>) => onWanted({ ...wanted, ...part });
  return (
    <div className="map-toolbar">
      <fieldset className="map-views">
        <legend className="visually-hidden">{words.view}</legend>
        {VIEWS.map((one) => (
          <label key={one}>
            <input type="radio" name={name} checked={view === one} onChange={() => onView(one)} />
            <span>{words.views[one]}</span>
          </label>
        ))}
      </fieldset>
      <div className="map-filters" data-open={open || undefined}>
        <input
          type="search"
          className="field"
          aria-label={words.find}
          placeholder={words.findHint}
          value={wanted.text}
          onChange={({ target }) => set({ text: target.value })}
        />
        <select
          className="field"
          aria-label={words.namespace}
          value={wanted.namespace}
          onChange={({ target }) => set({ namespace: target.value })}
        >
          <option value="">{words.everyNamespace}</option>
          {namespaces.map((namespace) => (
            <option key={namespace}>{namespace}</option>
          ))}
        </select>
        <input
          className="field"
          aria-label={words.labels}
          placeholder={words.labelsHint}
          aria-invalid={filter.error !== undefined}
          title={filter.error ?? ''}
          value={wanted.label}
          onChange={({ target }) => set({ label: target.value })}
        />
        <select
          className="field"
          aria-label={words.healthLabel}
          value={wanted.health}
          onChange={({ target }) => set({ health: HEALTHS.find((health) => health === target.value) ?? '' })}
        >
          <option value="">{words.everyHealth}</option>
          {HEALTHS.map((health) => (
            <option key={health} value={health}>
              {words.health[health]}
            </option>
          ))}
        </select>
      </div>
      <span className="map-tools">
        <span className="map-filter-button">
          <IconButton label={words.filters} aria-expanded={open} onClick={() => setOpen(!open)}>
            <SlidersHorizontal size={16} />
          </IconButton>
        </span>
        <IconButton label={words.asTree} aria-pressed={tree} onClick={() => onTree(!tree)}>
          <ListTree size={16} />
        </IconButton>
      </span>
    </div>
  );
}
