/** Users by number, and lengths of time as commands take them. */
import type { Process } from '#engine/os';
import { UsageError } from '../applet.ts';

const DURATION_MS: { readonly [unit: string]: number } = {
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  ms: 1,
};

export function duration(text: string): number {
  if (text === 'infinity' || text === 'inf') return Number.MAX_SAFE_INTEGER / 4;
  const match = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(text);
  if (!match) throw new UsageError(`invalid time interval '${text}'`);
  return Number(match[1]) * (DURATION_MS[match[2] as string] as number);
}

export function lookup(process: Process, file: string, id: number): string | undefined {
  if (!process.fs.exists(file)) return undefined;
  const rows = new TextDecoder()
    .decode(process.fs.readFile(file))
    .split('\n')
    .map((line) => line.split(':'));
  return rows.find((row) => row.length > 2 && Number(row[2]) === id)?.[0];
}
