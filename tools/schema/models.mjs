/** Reads the models of @kubernetes/client-node: names, fields, types, which are required, descriptions. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const gen = join(dirname(require.resolve('@kubernetes/client-node/package.json')), 'dist/gen/models');

/** `V1Pod` -> `Pod`; names that carry another version or a group keep it. */
export const typeName = (model) => (/^V1[A-Z]/.test(model) ? model.slice(2) : model);

function declarations(model) {
  const text = readFileSync(join(gen, `${model}.d.ts`), 'utf8');
  const description = text.match(/\/\*\*\n\* ?([\s\S]*?)\n\*\/\nexport declare class/)?.[1];
  const fields = new Map();
  for (const match of text.matchAll(/(?: {4}\/\*\*\n {4}\* ?([\s\S]*?)\n {4}\*\/\n)? {4}'([^']+)'(\??): /g)) {
    fields.set(match[2], { description: match[1], required: match[3] === '' });
  }
  return { description, fields };
}

/** @returns {Promise<Map<string, {description?: string, fields: {name: string, type: string, format: string, required: boolean, description?: string}[]}>>} */
export async function readModels() {
  const all = await import(join(gen, 'all.js'));
  const models = new Map();
  for (const [name, model] of Object.entries(all)) {
    if (typeof model.getAttributeTypeMap !== 'function') continue;
    const { description, fields } = declarations(name);
    models.set(name, {
      description,
      fields: model.getAttributeTypeMap().map((a) => ({
        name: a.baseName,
        type: a.type,
        format: a.format,
        required: fields.get(a.name)?.required ?? false,
        description: fields.get(a.name)?.description,
      })),
    });
  }
  return models;
}
