/** Keys as they are written (`Alt+Shift+L`), pressed and shown. */

const CODES: { readonly [key: string]: string } = {
  '.': 'Period',
  ',': 'Comma',
  '/': 'Slash',
  '-': 'Minus',
  '=': 'Equal',
};

const codeOf = (key: string): string => {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`;
  if (/^\d$/.test(key)) return `Digit${key}`;
  return CODES[key] ?? key;
};

interface Pressed {
  readonly code: string;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Whether a press with Alt is what `keys` says. Places on the keyboard count, not what Alt makes of them. */
export function pressesAlt(keys: string, { code, altKey, shiftKey }: Pressed): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  return (
    altKey &&
    parts.includes('Alt') &&
    !parts.includes('Ctrl') &&
    shiftKey === parts.includes('Shift') &&
    code === codeOf(key)
  );
}

const MAC: { readonly [key: string]: string } = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

/** As this computer's keyboard has them. */
export function shownKeys(keys: string, mac: boolean): string {
  if (!mac) return keys;
  return keys
    .split('+')
    .map((part) => MAC[part] ?? part)
    .join('');
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);
