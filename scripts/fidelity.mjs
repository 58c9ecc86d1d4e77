/** docs/FIDELITY.md from the @fidelity tags: what is as upstream has it, what is simplified, what is missing. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Source files below a directory, generated ones left out. */
export function sources(tree, directory = 'src') {
  const at = join(tree, directory);
  if (!existsSync(at)) return [];
  return readdirSync(at)
    .sort()
    .flatMap((name) => {
      const path = join(at, name);
      if (name === 'generated' || name === 'node_modules') return [];
      if (statSync(path).isDirectory()) return sources(tree, relative(tree, path));
      return /\.(ts|tsx|mjs)$/.test(name) ? [path] : [];
    });
}

const COMMENT =
  /\/\*\*((?:(?!\*\/)[\s\S])*?@fidelity[\s\S]*?)\*\/\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\*?|const|class|interface|type)?\s*([\w$]+)?/g;

/** Every tag of a tree: `{ file, name, level, why, upstream }`. */
export function fidelityTags(tree) {
  return sources(tree).flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return [...text.matchAll(COMMENT)].map(([, comment, follows]) => {
      // A comment before imports speaks of the whole file.
      const name = follows === 'import' || follows === 'export' ? '' : follows;
      const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
      const flat = lines.join('\n');
      const tag = /@fidelity\s+([\s\S]*?)(?=\n\s*@|$)/.exec(flat)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
      const [, level, why] = /^(\w+):?\s*(.*)$/.exec(tag) ?? [undefined, tag, ''];
      return {
        file: relative(tree, path),
        name: name ?? '',
        level,
        why,
        upstream: /@upstream\s+(\S+?),?(?=\s|$)/.exec(flat)?.[1] ?? '',
      };
    });
  });
}

/** `control-plane/scheduler` of `src/engine/control-plane/scheduler/…`, `workers` of `src/workers/…`. */
const room = (file) => {
  const [, floor, ...path] = file.split('/');
  if (floor !== 'engine') return floor;
  return path.slice(0, path[0] === 'control-plane' || path[0] === 'node' ? 2 : 1).join('/');
};

/** `kubectl/commands/apply` of `src/engine/cli/kubectl/commands/apply.ts`. */
const withinRoom = (file) => file.slice(file.indexOf(room(file)) + room(file).length + 1).replace(/\.\w+$/, '');

export function renderFidelity(tree) {
  const tags = fidelityTags(tree);
  const rooms = [...new Set(tags.map(({ file }) => room(file)))];
  const table = (name) =>
    tags
      .filter(({ file }) => room(file) === name)
      .map(
        ({ file, name: what, level, why, upstream }) =>
          `| \`${what || withinRoom(file)}\` | ${level} | ${why.replaceAll('|', '\\|')} | ${upstream && `\`${upstream}\``} |`,
      )
      .join('\n');
  return `# How real is this?

Made by \`node scripts/fidelity.mjs\` from the \`@fidelity\` tags in the code. *full*: decides as upstream does; *partial*: what differs is said; *none*: refused, not pretended.

${rooms.map((name) => `## ${name}\n\n| what | fidelity | how it departs | upstream |\n|---|---|---|---|\n${table(name)}\n`).join('\n')}`;
}

const root = fileURLToPath(new URL('..', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(root, 'docs/FIDELITY.md'), renderFidelity(root));
