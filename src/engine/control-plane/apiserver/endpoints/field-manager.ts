/** Who owns which field: what every write leaves in metadata.managedFields. @upstream staging/src/k8s.io/apimachinery/pkg/util/managedfields */
import { type KubeObject, type ObjectBody, statusErrors } from '#engine/apimachinery';
import type { ApiContext } from '../context.ts';
import type { Served, Server } from './endpoint.ts';
import type { WriteOptions } from './options.ts';
import type { Part } from './part.ts';

/** The name a write is recorded under: the client's choice, else the program in its User-Agent. */
export function managerOf({ request }: ApiContext, fieldManager: string): string {
  if (fieldManager !== '') return fieldManager;
  const agent = (request.headers['user-agent'] ?? '').split('/')[0] ?? '';
  const printable = [...agent].filter((character) => character >= ' ' && character !== '\u007f').join('');
  return printable.slice(0, 128) || 'unknown';
}

export function manage(
  _server: Server,
  _context: ApiContext,
  _served: Served,
  _live: KubeObject | undefined,
  next: KubeObject,
  _manager: string,
): KubeObject {
  return next;
}

export function applyObject(
  _server: Server,
  _context: ApiContext,
  _served: Served,
  _part: Part,
  _live: KubeObject | undefined,
  _body: ObjectBody,
  _options: WriteOptions,
): KubeObject {
  throw statusErrors.unsupportedMediaType('415: Unsupported Media Type');
}

/** The same for what is not stored, such as reviews. */
export function manageUnstored<T extends KubeObject>(_server: Server, object: T, _manager: string): T {
  return object;
}
