/** The checks of `npm run check`. Each looks at one tree and answers with its violations, so that a planted one can prove it sees. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fidelityTags, renderFidelity, sources } from './fidelity.mjs';
import { bin, root } from './setup.mjs';

/** Runs a tool in `tree`; its output is the violation when it fails. */
function tool(name, args, tree) {
  const { status, stdout, stderr, error } = spawnSync(bin(name), args, {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) return [String(error)];
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

const MAX_LINES = 400;

/** Files of at most 400 lines, wherever people read code. */
function sizes(tree) {
  return ['src', 'tests', 'scripts', 'tools']
    .flatMap((directory) => sources(tree, directory))
    .filter((path) => !relative(tree, path).startsWith('tests/house/canaries/'))
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${relative(tree, path)}: ${lines} lines, at most ${MAX_LINES}`);
}

/** Every fidelity tag has the form the documentation is made from, and the documentation is what the tags say. */
function fidelity(tree) {
  const odd = fidelityTags(tree)
    .filter(({ level, why }) => !(level === 'full' || (['partial', 'none'].includes(level) && why)))
    .map(
      ({ file, name, level }) =>
        `${file}: @fidelity of ${name} is "${level}", not "full", "partial: <why>" or "none: <why>"`,
    );
  const page = join(tree, 'docs/FIDELITY.md');
  const stale = existsSync(page) && readFileSync(page, 'utf8') !== renderFidelity(tree);
  return stale ? [...odd, 'docs/FIDELITY.md is stale: node scripts/fidelity.mjs'] : odd;
}

function imports(tree) {
  const { status, stdout, stderr } = spawnSync(
    bin('depcruise'),
    ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src'],
    { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (!stdout.startsWith('{')) return [`dependency-cruiser: exit ${status}\n${stderr}`];
  const { modules, summary } = JSON.parse(stdout);
  if (modules.length === 0) return ['dependency-cruiser read no module'];
  return summary.violations
    .filter((violation) => violation.rule.severity === 'error')
    .map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** `expects`: what the violation planted in tests/house/canaries/<name> must say. */
export const checks = [
  {
    name: 'biome',
    expects: ['noRestrictedGlobals', 'Math.random', 'noFloatingPromises', 'noExcessiveLinesPerFunction'],
    run: (tree) => tool('biome', ['check', '--max-diagnostics=200', `--config-path=${tree}`, '.'], tree),
  },
  { name: 'types', expects: ['TS2322'], run: (tree) => tool('tsc', ['-b'], tree) },
  {
    name: 'imports',
    expects: ['room src/engine/sim', 'no-circular', 'roomless', 'own door', 'platform-free'],
    run: imports,
  },
  { name: 'unused', expects: ['neverImported'], run: (tree) => tool('knip', [], tree) },
  { name: 'sizes', expects: ['at most 400'], run: sizes },
  { name: 'fidelity', expects: ['partial: <why>'], run: fidelity },
];
