/** Prompts: bash's backslash escapes, then expansions. */

import { parse } from 'unbash';
import { civilTime } from '#engine/sim';
import { pad, shortDay, shortMonth } from '../http-date.ts';
import { expandToText } from './expand.ts';
import type { Shell } from './shell.ts';

export async function expandPrompt(shell: Shell, prompt: string): Promise<string> {
  const { process } = shell;
  const home = shell.get('HOME');
  const cwd = process.cwd;
  const short =
    home && home !== '/' && (cwd === home || cwd.startsWith(`${home}/`)) ? `~${cwd.slice(home.length)}` : cwd;
  const t = civilTime(process.clock.now());
  const escapes: { readonly [letter: string]: string } = {
    u: process.uid === 0 ? 'root' : (shell.get('USER') ?? 'user'),
    h: process.hostname.split('.', 1)[0] as string,
    H: process.hostname,
    w: short,
    W: short === '/' ? '/' : short.replace(/^.*\//, ''),
    $: process.uid === 0 ? '#' : '$',
    n: '\n',
    r: '\r',
    t: `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`,
    A: `${pad(t.hour)}:${pad(t.minute)}`,
    d: `${shortDay(t.weekday)} ${shortMonth(t.month)} ${pad(t.day)}`,
    s: shell.flavour,
    v: '5.2',
    j: String(shell.jobs.length),
    '!': String(shell.history.length + 1),
    '#': String(shell.history.length + 1),
    '\\': '\\',
    e: '\x1b',
    a: '\x07',
    '[': '',
    ']': '',
  };
  const text = prompt.replace(/\\([0-7]{3}|.)/g, (all, letter: string) =>
    /^[0-7]{3}$/.test(letter) ? String.fromCharCode(Number.parseInt(letter, 8)) : (escapes[letter] ?? all),
  );
  if (!/[$`]/.test(text)) return text;
  const command = parse(
    `x="${text.replace(/["\\]/g, '\\$&').replace(/([#$]) $/, (_, mark: string) => (mark === '$' ? '\\$ ' : '# '))}"`,
  ).commands[0]?.command;
  const assignment = command?.type === 'Command' ? command.prefix[0] : undefined;
  return assignment?.type === 'Assignment' && assignment.value.type === 'Word'
    ? expandToText(shell, assignment.value)
    : text;
}
