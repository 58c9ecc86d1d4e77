/**
 * What OpenAPI says about every definition and field. The models are of 1.36 but flatten line breaks and say nothing about
 * fields that hold a struct; kubernetes-types is older but keeps both. Where the words agree, the older text is the better one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { definitionNames } from './structs.mjs';

const require = createRequire(import.meta.url);
const root = dirname(require.resolve('kubernetes-types/package.json'));

const unescapeText = (text) =>
  text
    ?.replaceAll('\\&quot;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\\(['"\\])/g, '$1')
    .replace(/_\*/g, '*')
    .replace(/\*_\//g, '*/')
    .trim();
const flat = (text) => text?.replace(/\s+/g, ' ').replace(/[*_]/g, '').trim();

function commentText(comment) {
  const inner = comment.replace(/^\/\*\*/, '').replace(/\*\/$/, '');
  if (!inner.includes('\n')) return inner.trim();
  return inner
    .split('\n')
    .slice(1, -1)
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n');
}

/** `core.v1.Pod` -> { '': description, spec: description } */
function readTypes() {
  const all = new Map();
  for (const group of readdirSync(root, { withFileTypes: true })) {
    if (!group.isDirectory()) continue;
    for (const file of readdirSync(join(root, group.name))) {
      if (!file.endsWith('.d.ts')) continue;
      const text = readFileSync(join(root, group.name, file), 'utf8');
      for (const match of text.matchAll(
        /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export interface (\w+)[^{]*\{\n([\s\S]*?)\n\}/g,
      )) {
        const fields = { '': match[1] ? commentText(match[1].trim()) : undefined };
        for (const field of match[3].matchAll(
          /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*\n\s*(?:readonly )?(?:"([^"]+)"|'([^']+)'|([$\w]+))\??:/g,
        )) {
          fields[field[2] ?? field[3] ?? field[4]] = commentText(field[1]);
        }
        all.set(`${group.name}.${file.replace('.d.ts', '')}.${match[2]}`, fields);
      }
    }
  }
  return all;
}

const shortName = (definition) => definition.split('.').slice(-3).join('.');

/** The same words, with the line breaks that two spaces were. */
const unfold = (text) => text?.replace(/ {2}(?=[A-Za-z`"'(])/g, '\n\n').replace(/ {2}(?=- )/g, '\n\n');

/** The comment of the type, where the models put it in place of the field's own. */
const ofType = /^(IntOrString is a type that can hold|MicroTime is version of Time)/;

function best(current, older) {
  if (current !== undefined && ofType.test(current)) return older;
  if (current === undefined) return older;
  return older !== undefined && flat(older) === flat(current) ? older : unfold(current);
}

/** @returns {Map<string, Record<string, string>>} definition -> field ('' for itself) -> text */
export function readDescriptions(models) {
  const types = readTypes();
  const result = new Map();
  for (const [model, definition] of definitionNames(models)) {
    const older = types.get(shortName(definition)) ?? {};
    const { description, fields } = models.get(model);
    const texts = {};
    const own = best(unescapeText(description), older['']);
    if (own) texts[''] = own;
    for (const field of fields) {
      const text = best(unescapeText(field.description), older[field.name]);
      if (text) texts[field.name] = text;
    }
    result.set(definition, texts);
  }
  return result;
}

/** What the query and path parameters of every operation mean. */
export function readParameters() {
  const file = join(
    dirname(require.resolve('@kubernetes/client-node/package.json')),
    'dist/gen/types/ObjectParamAPI.d.ts',
  );
  const found = {};
  for (const match of readFileSync(file, 'utf8').matchAll(
    /\/\*\*\n\s*\* ([^\n]*)\n(?:(?!\*\/)[\s\S])*?@memberof CoreV1Api\w+\n\s*\*\/\n\s*(\w+)\??:/g,
  )) {
    found[match[2].replace(/^_/, '')] ??= unfold(unescapeText(match[1]));
  }
  delete found.body;
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
