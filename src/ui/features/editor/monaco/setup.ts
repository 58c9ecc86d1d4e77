/** Monaco with its YAML service: one of each for the page. */
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import { configureMonacoYaml, type JSONSchema, type MonacoYaml } from 'monaco-yaml';
import YamlWorker from '../../../../workers/yaml.worker.ts?worker';
import type { JsonSchema } from '../cluster/openapi-schema.ts';
import './features.ts';

export { monaco };

self.MonacoEnvironment = { getWorker: () => new EditorWorker({ name: 'monaco-editor' }) };

interface WorkerRequest {
  readonly createData?: unknown;
  readonly keepIdleModels?: boolean;
  readonly host?: Record<string, () => unknown>;
}

/** Monaco wants a live worker since 0.55; monaco-yaml 5.5 still asks by module name. */
function createWebWorker<T extends object>({
  createData,
  keepIdleModels,
  host,
}: WorkerRequest): monaco.editor.MonacoWebWorker<T> {
  const worker = new YamlWorker({ name: 'monaco-yaml' });
  worker.postMessage('ignore');
  worker.postMessage(createData);
  return monaco.editor.createWebWorker<T>({
    worker,
    ...(keepIdleModels !== undefined && { keepIdleModels }),
    ...(host && { host: host as never }),
  });
}

const FILES = 'podarium';

/** `file:///podarium/f1.yaml` */
export const uriOf = (id: string): monaco.Uri => monaco.Uri.parse(`file:///${FILES}/${id}.yaml`);

let service: MonacoYaml | undefined;

export function yamlService(): MonacoYaml {
  const shimmed = { ...monaco, editor: { ...monaco.editor, createWebWorker } };
  service ??= configureMonacoYaml(shimmed as unknown as Parameters<typeof configureMonacoYaml>[0], {
    enableSchemaRequest: false,
    yamlVersion: '1.1',
    format: { enable: false },
    hoverAnchor: false,
  });
  return service;
}

export async function setSchema(schema: JsonSchema): Promise<void> {
  await yamlService().update({
    schemas: [{ uri: 'inmemory://schema/openapi-v3', fileMatch: [`**/${FILES}/*.yaml`], schema: schema as JSONSchema }],
  });
}
