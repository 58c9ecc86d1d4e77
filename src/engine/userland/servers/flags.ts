/** Flags as Go programs take them. */
import type { Process } from '#engine/os';

/** A flag's value: `--name=value` or `--name value`. */
export function flag(process: Process, name: string, otherwise: string): string {
  const arg = process.argv.find((each) => each.startsWith(`--${name}=`) || each.startsWith(`-${name}=`));
  if (arg) return arg.slice(arg.indexOf('=') + 1);
  const at = process.argv.findIndex((each) => each === `--${name}` || each === `-${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}
