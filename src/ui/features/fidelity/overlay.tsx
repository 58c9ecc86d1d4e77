/** The fidelity card: what is real, what is simplified, what is missing. */
import { useMemo, useState } from 'react';
import card from '../../../../docs/FIDELITY.md?raw';
import { Dialog } from '../../design/Dialog.tsx';
import { Button, ScrollRegion, Status, type Tone } from '../../design/index.ts';
import { closeOverlay, useSession } from '../../session/index.ts';
import { type Feature, type Level, readCard, search } from './card.ts';
import { en } from './words/en.ts';
import type { Words } from './words/words.ts';
import { zh } from './words/zh.ts';
import './fidelity.css';

const TONE: { readonly [level in Level]: Tone } = { full: 'good', partial: 'warn', none: 'idle' };
const LEVELS: readonly Level[] = ['full', 'partial', 'none'];
const rooms = readCard(card);
const countOf = (found: typeof rooms, level?: Level) =>
  found.flatMap(({ features }) => features).filter((feature) => !level || feature.level === level).length;

export default function Fidelity() {
  const locale = useSession((session) => session.locale);
  const words: Words = { en, zh }[locale];
  const [query, setQuery] = useState('');
  const [level, setLevel] = useState<Level>();
  const found = useMemo(() => search(rooms, query, level), [query, level]);
  const count = words.found.replace('{count}', String(countOf(found))).replace('{total}', String(countOf(rooms)));
  return (
    <Dialog title={words.title} description={words.text} className="dialog wide fidelity" onClose={closeOverlay}>
      <div className="fidelity-tools">
        <input
          className="field"
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <select
          className="field"
          aria-label={words.level}
          value={level ?? ''}
          onChange={(event) => setLevel(LEVELS.find((one) => one === event.target.value))}
        >
          <option value="">{words.all}</option>
          {LEVELS.map((one) => (
            <option key={one} value={one}>
              {words[one]} ({countOf(rooms, one)})
            </option>
          ))}
        </select>
        <span className="quiet" role="status">
          {count}
        </span>
      </div>
      <ScrollRegion label={words.title}>
        {found.length === 0 && <p className="quiet">{words.nothing}</p>}
        {found.map(({ name, features }) => (
          <section key={name} lang="en">
            <h3>{name}</h3>
            <ul>
              {features.map((feature) => (
                <Row key={`${feature.name} ${feature.why}`} feature={feature} words={words} locale={locale} />
              ))}
            </ul>
          </section>
        ))}
      </ScrollRegion>
      <div className="dialog-actions">
        <Button onClick={closeOverlay}>{words.close}</Button>
      </div>
    </Dialog>
  );
}

function Row({
  feature,
  words,
  locale,
}: {
  readonly feature: Feature;
  readonly words: Words;
  readonly locale: string;
}) {
  const { name, level, why, upstream } = feature;
  return (
    <li>
      <code>{name}</code>
      <span lang={locale === 'zh' ? 'zh-CN' : 'en'}>
        <Status tone={TONE[level]} text={words[level]} />
      </span>
      {(why || upstream) && (
        <p className="quiet">
          {why} {upstream && <code className="fidelity-source">{upstream}</code>}
        </p>
      )}
    </li>
  );
}
