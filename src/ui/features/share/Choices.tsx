import type { ReactNode } from 'react';
import { useSession } from '../../session/index.ts';
import type { Material, ShareChoice } from './make.ts';
import { useShareWords } from './words/use-words.ts';

interface ChoicesProps {
  readonly material: Material;
  readonly choice: ShareChoice;
  readonly onChange: (choice: ShareChoice) => void;
}

/** What the link is to carry. */
export function Choices({ material, choice, onChange }: ChoicesProps) {
  const say = useShareWords();
  const locale = useSession((session) => session.locale);
  const { recipe, digest } = material.captured;
  const start = Date.parse(recipe.options.start ?? '2026-01-01T00:00:00Z');
  const inputs = recipe.journal.length.toLocaleString(locale);
  const change = (part: Partial<ShareChoice>) => onChange({ ...choice, ...part });
  return (
    <fieldset className="share-choices">
      <legend>{say('what')}</legend>
      <Choice name="exact" label={say('exact')} checked={choice.exact} onChoose={() => change({ exact: true })}>
        {say('exactText', { inputs, duration: spanOf(recipe.until - start), digest: digest.slice(0, 8) })}
      </Choice>
      <Choice name="alone" label={say('manifests')} checked={!choice.exact} onChoose={() => change({ exact: false })}>
        {say('manifestsText', { count: material.objects.length })}
      </Choice>
      <label className="share-title">
        {say('title')}
        <input
          className="field"
          maxLength={80}
          placeholder={say('titleHint')}
          value={choice.title}
          onChange={(event) => change({ title: event.target.value })}
        />
      </label>
      <label>
        <input type="checkbox" checked={choice.view} onChange={(event) => change({ view: event.target.checked })} />
        {say('withView')}
      </label>
      {choice.exact && (
        <label>
          <input
            type="checkbox"
            checked={choice.paused}
            onChange={(event) => change({ paused: event.target.checked })}
          />
          {say('startPaused')}
        </label>
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}

function Choice({ name, label, checked, onChoose, children }: ChoiceProps) {
  return (
    <label className="share-choice">
      <input
        type="radio"
        name="share-what"
        value={name}
        checked={checked}
        aria-describedby={`share-${name}`}
        onChange={onChoose}
      />
      <span>
        {label}
        <span id={`share-${name}`} className="quiet">
          {children}
        </span>
      </span>
    </label>
  );
}

/** `1h 12m 5s` */
function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .slice(0, 2)
      .map(([count, unit]) => `${count}${unit}`)
      .join(' ') || '0s'
  );
}
