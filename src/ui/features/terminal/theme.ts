/** The terminal's colours from the page's tokens. */
import type { ITheme } from '@xterm/xterm';

/** What a token is right now: custom properties have to be used to be known. */
function resolve(probe: HTMLElement, token: string): string {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

export function screenTheme(): ITheme {
  const probe = document.createElement('i');
  document.body.append(probe);
  const color = (token: string) => resolve(probe, token);
  const theme: ITheme = {
    background: color('--surface'),
    foreground: color('--ink'),
    cursor: color('--accent'),
    cursorAccent: color('--surface'),
    selectionBackground: color('--chosen'),
    black: color('--edge'),
    red: color('--bad'),
    green: color('--good'),
    yellow: color('--warn'),
    blue: color('--busy'),
    magenta: color('--kind-workload'),
    cyan: color('--kind-pod'),
    white: color('--ink-2'),
    brightBlack: color('--idle'),
    brightRed: color('--bad'),
    brightGreen: color('--good'),
    brightYellow: color('--warn'),
    brightBlue: color('--accent'),
    brightMagenta: color('--kind-access'),
    brightCyan: color('--kind-pod'),
    brightWhite: color('--ink'),
  };
  probe.remove();
  return theme;
}
