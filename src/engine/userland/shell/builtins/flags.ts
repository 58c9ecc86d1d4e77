/** Options of builtins. */
export function split(argv: readonly string[]): {
  readonly flags: string;
  readonly removed: string;
  readonly rest: readonly string[];
} {
  let flags = '';
  let removed = '';
  let at = 1;
  for (; at < argv.length && /^[-+][A-Za-z]+$/.test(argv[at] as string); at++) {
    const arg = argv[at] as string;
    if (arg.startsWith('-')) flags += arg.slice(1);
    else removed += arg.slice(1);
  }
  if (argv[at] === '--') at++;
  return { flags, removed, rest: argv.slice(at) };
}
