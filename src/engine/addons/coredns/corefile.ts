/** The Corefile: server blocks of zones and plugins. */

export interface PluginConfig {
  readonly name: string;
  readonly args: readonly string[];
  /** Lines inside the plugin's own block. */
  readonly body: readonly (readonly string[])[];
  readonly line: number;
}

export interface ServerBlock {
  /** Without the final dot; the root is ''. */
  readonly zones: readonly string[];
  readonly port: number;
  readonly plugins: readonly PluginConfig[];
}

/** `message` is what coredns prints before it exits. */
export class CorefileError extends Error {
  override readonly name = 'CorefileError';
}

/** In the order in which a query passes them, whatever the order in the file. @upstream plugin.cfg */
export const PLUGIN_ORDER = [
  'reload',
  'bind',
  'debug',
  'ready',
  'health',
  'prometheus',
  'errors',
  'log',
  'dns64',
  'acl',
  'any',
  'chaos',
  'loadbalance',
  'cache',
  'rewrite',
  'header',
  'template',
  'hosts',
  'file',
  'kubernetes',
  'loop',
  'forward',
  'whoami',
] as const; // prettier-ignore

const SIMULATED = new Set([
  'reload',
  'ready',
  'health',
  'prometheus',
  'errors',
  'log',
  'loadbalance',
  'cache',
  'rewrite',
  'hosts',
  'kubernetes',
  'loop',
  'forward',
  'whoami',
  'debug',
  'bind',
]);

/** Throws CorefileError. */
export function parseCorefile(text: string): readonly ServerBlock[] {
  const lines = text.split('\n').map((line) => words(line));
  const blocks: ServerBlock[] = [];
  let i = 0;
  while (i < lines.length) {
    const head = lines[i] as string[];
    if (head.length === 0) {
      i++;
      continue;
    }
    if (head[head.length - 1] !== '{')
      throw new CorefileError(`Corefile:${i + 1} - Error during parsing: Unexpected '${head[0]}', expecting '{'`);
    const { plugins, next } = parsePlugins(lines, i + 1);
    blocks.push(...serverBlocks(head.slice(0, -1), plugins));
    i = next;
  }
  return blocks;
}

function serverBlocks(keys: readonly string[], plugins: readonly PluginConfig[]): ServerBlock[] {
  const byPort = new Map<number, string[]>();
  for (const key of keys.flatMap((part) => part.split(',')).filter((part) => part !== '')) {
    const match = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(key);
    const port = Number(match?.[2] ?? 53);
    const zone = (match?.[1] ?? '').replace(/\.$/, '').toLowerCase();
    byPort.set(port, [...(byPort.get(port) ?? []), zone]);
  }
  return [...byPort].map(([port, zones]) => ({ port, zones, plugins }));
}

function parsePlugins(lines: readonly string[][], start: number): { plugins: PluginConfig[]; next: number } {
  const plugins: PluginConfig[] = [];
  for (let i = start; i < lines.length; i++) {
    const [name, ...args] = lines[i] as string[];
    if (name === undefined) continue;
    if (name === '}') return { plugins, next: i + 1 };
    const line = i + 1;
    if (!(PLUGIN_ORDER as readonly string[]).includes(name))
      throw new CorefileError(`Corefile:${line} - Error during parsing: Unknown directive '${name}'`);
    if (!SIMULATED.has(name))
      throw new CorefileError(`Corefile:${line} - Error during parsing: plugin '${name}' is not simulated by Podarium`);
    const body: string[][] = [];
    if (args[args.length - 1] === '{') {
      args.pop();
      for (i++; i < lines.length && lines[i]?.[0] !== '}'; i++)
        if ((lines[i] as string[]).length > 0) body.push(lines[i] as string[]);
    }
    plugins.push({ name, args, body, line });
  }
  throw new CorefileError(`Corefile:${lines.length} - Error during parsing: Unexpected EOF, expecting '}'`);
}

function words(line: string): string[] {
  const found: string[] = [];
  for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|(#.*)|(\S+)/g)) {
    if (match[2] !== undefined) break;
    found.push(match[1] ?? (match[3] as string));
  }
  return found;
}
