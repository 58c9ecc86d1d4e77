/** What in a cluster and its journal somebody may not want to hand on. */
import type { Recipe } from '../../../workers/protocol.ts';
import type { CollectedObject } from './manifests/collect.ts';

/** Where something secret stands. */
export interface Finding {
  readonly kind: 'object' | 'typed' | 'request';
  /** `default/db-password`, or the line, shortened. */
  readonly text: string;
}

const MAX_FINDINGS = 50;

/** Ways in which people hand secrets to commands and manifests. */
const SECRET =
  /create\s+secret\b|kind["']?:\s*["']?Secret\b|--(docker-)?password[= ]|--token[= ]|\b(password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?[^\s"'$]{4,}|\bBearer\s+\S{8,}|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{10,}\.[\w-]{10,}/i;

export function secretsIn(
  objects: readonly CollectedObject[],
  journal: NonNullable<Recipe['journal']>,
): readonly Finding[] {
  const findings: Finding[] = objects
    .filter(({ kind, object }) => kind === 'Secret' && (object.data !== undefined || object.stringData !== undefined))
    .map(({ namespace, name }) => ({ kind: 'object', text: `${namespace}/${name}` }));
  for (const { kind, text } of saidIn(journal)) {
    const found = SECRET.exec(text);
    if (found) findings.push({ kind, text: around(text, found.index) });
  }
  return unique(findings).slice(0, MAX_FINDINGS);
}

/** Lines that were typed, and bodies that were sent; keystrokes are put together again. */
function* saidIn(
  journal: NonNullable<Recipe['journal']>,
): Generator<{ readonly kind: 'typed' | 'request'; readonly text: string }> {
  const typed = new Map<string, string>();
  for (const { input } of journal) {
    if (input.type === 'command') yield { kind: 'typed', text: input.line };
    else if (input.type === 'terminal.input') {
      const lines = ((typed.get(input.terminal) ?? '') + edited(input.text)).split(/[\r\n]/);
      typed.set(input.terminal, lines.pop() ?? '');
      for (const text of lines) yield { kind: 'typed', text };
    } else if ((input.type === 'http' || input.type === 'fetch') && input.body !== undefined) {
      yield { kind: 'request', text: input.body };
    }
  }
}

/** Without the sequences of keys that are no characters. */
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z~]`, 'g');
const edited = (text: string): string => text.replace(ESCAPE, '');

function around(text: string, at: number): string {
  const start = Math.max(0, text.lastIndexOf('\n', at) + 1, at - 40);
  const line = text.slice(start, start + 90).split('\n', 1)[0] ?? '';
  return line.trim().length < text.trim().length ? `${line.trim()} …` : line.trim();
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ kind, text }) => {
    const key = `${kind} ${text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
