/** Shows around: a card beside each thing in turn. Skippable, by keyboard, and never in the way of trying things. */
import { type KeyboardEvent, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../design/index.ts';
import { goToTourStep, update, useSession, useWords } from '../../session/index.ts';
import { PANES } from '../features.tsx';
import { placeCard } from './place.ts';
import { STOPS, type Stop } from './steps.ts';
import './tour.css';

const stops = STOPS.filter(({ id }) => id !== 'timeline' || PANES.includes('timeline'));

function find({ at }: Stop): Element | undefined {
  for (const selector of at) {
    const element = document.querySelector(selector);
    if (element && element.getClientRects().length > 0) return element;
  }
  return undefined;
}

interface Place {
  readonly card: { readonly left: number; readonly top: number };
  readonly ring: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** The ring leaves the thing some air. */
const RIM = 4;

/** Follows the thing and the window. */
function usePlace(stop: Stop, card: { readonly current: HTMLElement | null }): Place | undefined {
  const [place, setPlace] = useState<Place>();
  const settle = useCallback(() => {
    const element = card.current;
    if (!element) return;
    const room = { width: innerWidth, height: innerHeight };
    const about = find(stop)?.getBoundingClientRect() ?? new DOMRect(room.width / 2, 0, 0, 0);
    const { left, top, width, height } = about;
    const ring = { left: left - RIM, top: top - RIM, width: width + 2 * RIM, height: height + 2 * RIM };
    const size = { width: element.offsetWidth, height: element.offsetHeight };
    const next: Place = { card: placeCard(about, size, room), ring };
    setPlace((last) => (JSON.stringify(last) === JSON.stringify(next) ? last : next));
  }, [stop, card]);
  useLayoutEffect(() => {
    stop.prepare?.();
    settle();
    // Panes slide into place and contents arrive.
    const timer = setInterval(settle, 200);
    addEventListener('resize', settle);
    return () => {
      clearInterval(timer);
      removeEventListener('resize', settle);
    };
  }, [stop, settle]);
  return place;
}

const end = () => update({ tour: undefined, firstMinuteDone: true });

export default function Tour() {
  const say = useWords();
  const id = useId();
  const step = useSession((session) => session.tour) ?? 0;
  const locale = useSession((session) => session.locale);
  const at = Math.min(step, stops.length - 1);
  const stop = stops[at] ?? (STOPS[0] as Stop);
  const card = useRef<HTMLDialogElement>(null);
  const place = usePlace(stop, card);
  const before = useMemo(() => document.activeElement, []);
  const last = at === stops.length - 1;
  const placed = place !== undefined;
  useEffect(() => {
    if (placed) card.current?.focus();
  }, [placed]);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) before.focus();
    },
    [before],
  );
  const next = () => (last ? end() : goToTourStep(at + 1));
  const onKeyDown = (event: KeyboardEvent) => {
    const act = { Escape: end, ArrowRight: next, ArrowLeft: () => goToTourStep(Math.max(0, at - 1)) }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <>
      <div className="tour-ring" style={place?.ring} aria-hidden="true" />
      <dialog
        open
        className="tour-card"
        ref={card}
        tabIndex={-1}
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
        style={place?.card ?? { visibility: 'hidden' }}
        onKeyDown={onKeyDown}
      >
        <div aria-live="polite">
          <p className="quiet tour-count">{say('tourStep', { step: at + 1, count: stops.length })}</p>
          <h2 id={`${id}-title`}>{stop.title[locale]}</h2>
          <p id={`${id}-text`}>{stop.text[locale]}</p>
        </div>
        <div className="dialog-actions">
          <Button look="plain" onClick={end}>
            {say(last ? 'close' : 'skipTour')}
          </Button>
          {at > 0 && <Button onClick={() => goToTourStep(at - 1)}>{say('back')}</Button>}
          <Button look="main" onClick={next}>
            {say(last ? 'done' : 'next')}
          </Button>
        </div>
      </dialog>
    </>
  );
}
