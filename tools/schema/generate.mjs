/** Writes src/engine/api/generated: everything the API room knows of Kubernetes 1.36 that its models can tell. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderColumnDocs } from './column-docs.mjs';
import { readModels } from './models.mjs';
import { renderStructs } from './structs.mjs';
import { renderTypes } from './types.mjs';

const out = fileURLToPath(new URL('../../src/engine/api/generated/', import.meta.url));
mkdirSync(out, { recursive: true });
const models = await readModels();
writeFileSync(`${out}types.ts`, renderTypes(models));
writeFileSync(`${out}structs.ts`, renderStructs(models));
writeFileSync(`${out}column-docs.ts`, renderColumnDocs(models));
