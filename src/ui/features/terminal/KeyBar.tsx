/** Keys that a touch keyboard has not. */
import { type ReactNode, useSyncExternalStore } from 'react';
import type { Screen } from './screen.ts';
import type { TerminalSay, TerminalWord } from './words/words.ts';

interface KeyOf {
  readonly word: TerminalWord | undefined;
  readonly face: string;
  readonly sends: string;
}

const KEYS: readonly KeyOf[] = [
  { word: 'keyEscape', face: 'Esc', sends: '\x1b' },
  { word: 'keyTab', face: 'Tab', sends: '\t' },
  { word: 'keyInterrupt', face: '^C', sends: '\x03' },
  { word: 'keyUp', face: '↑', sends: '\x1b[A' },
  { word: 'keyDown', face: '↓', sends: '\x1b[B' },
  { word: 'keyLeft', face: '←', sends: '\x1b[D' },
  { word: 'keyRight', face: '→', sends: '\x1b[C' },
  { word: undefined, face: '-', sends: '-' },
  { word: undefined, face: '/', sends: '/' },
  { word: undefined, face: '|', sends: '|' },
];

const coarse = matchMedia('(pointer: coarse), (max-width: 480px)');
const subscribe = (listener: () => void) => {
  coarse.addEventListener('change', listener);
  return () => coarse.removeEventListener('change', listener);
};

export const useTouch = (): boolean => useSyncExternalStore(subscribe, () => coarse.matches);

export function KeyBar({ screen, say }: { readonly screen: Screen; readonly say: TerminalSay }) {
  const { keystrokes } = screen;
  const control = useSyncExternalStore(keystrokes.subscribe, keystrokes.controlled);
  const key = (label: string | undefined, face: ReactNode, press: () => void, pressed?: boolean) => (
    <button
      type="button"
      className="key"
      aria-label={label}
      aria-pressed={pressed}
      // The keyboard stays where it is.
      onPointerDown={(event) => event.preventDefault()}
      onClick={press}
    >
      {face}
    </button>
  );
  return (
    <div className="key-bar" role="toolbar" aria-label={say('keys')}>
      {key(
        say('keyControl'),
        'Ctrl',
        () => {
          keystrokes.toggleControl();
          screen.focus();
        },
        control,
      )}
      {KEYS.map(({ word, face, sends }) => (
        <span key={face} role="presentation">
          {key(word && say(word), face, () => screen.press(sends))}
        </span>
      ))}
    </div>
  );
}
