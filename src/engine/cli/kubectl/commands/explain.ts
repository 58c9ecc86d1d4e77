/**
 * kubectl explain
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/explain/explain.go
 * @fidelity full
 */
import type { Command } from '../cobra/command.ts';
import { CommandError } from '../errors.ts';
import { type Explained, explainPlaintext } from '../explain/plaintext.ts';
import { explainPlaintextV2 } from '../explain/plaintext-v2.ts';
import { SchemaDocument } from '../explain/schema.ts';
import type { ApiResource } from '../rest/discovery.ts';
import type { Session } from '../session.ts';
import { at, isObject, text } from '../text/json.ts';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length === 0) {
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  if (args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE\n');
  const output = flags.string('output');
  const [type, ...path] = (args[0] as string).split('.') as [string, ...string[]];
  const { resource, rest } = await resolve(session, type, path);
  const version = flags.string('api-version');
  const slash = version.indexOf('/');
  const explained: Explained = {
    group: version === '' ? resource.group : slash < 0 ? '' : version.slice(0, slash),
    version: version === '' ? resource.version : version.slice(slash + 1),
    kind: resource.kind,
    path: rest,
    recursive: flags.bool('recursive'),
  };
  if (output === 'plaintext') session.out(explainPlaintext(await documentV3(session, explained), explained));
  else if (output === 'plaintext-openapiv2') session.out(explainPlaintextV2(await documentV2(session), explained));
  else throw new CommandError(`unrecognized format: ${output}`);
}

/** `pods.spec` is a field of pods; `deployments.apps.spec` names the group first. */
async function resolve(
  session: Session,
  type: string,
  path: readonly string[],
): Promise<{ readonly resource: ApiResource; readonly rest: readonly string[] }> {
  const mapper = await session.mapper(2);
  for (let length = path.length; length > 0; length--) {
    const group = path.slice(0, length).join('.');
    const found = mapper
      .all()
      .find(
        (one) =>
          (one.name === type || one.singular === type) &&
          (one.group === group || (group === `${one.version}.${one.group}` && one.group !== '')),
      );
    if (found) return { resource: found, rest: path.slice(length) };
  }
  return { resource: mapper.lookup(type).resource, rest: path };
}

async function documentV3(session: Session, explained: Explained): Promise<SchemaDocument> {
  const root = await session.rest().document('/openapi/v3');
  const name = explained.group ? `apis/${explained.group}/${explained.version}` : `api/${explained.version}`;
  const url = text(at(root, 'paths'), name) || text(at(root, 'paths', name), 'serverRelativeURL');
  if (url === '')
    throw new CommandError(
      `couldn't find resource for "${explained.group}/${explained.version}, Kind=${explained.kind}"`,
    );
  const document = await session.rest().document(url);
  const schemas = at(document, 'components', 'schemas');
  return new SchemaDocument(isObject(schemas) ? schemas : {}, '#/components/schemas/');
}

async function documentV2(session: Session): Promise<SchemaDocument> {
  const document = await session.rest().document('/openapi/v2');
  const definitions = at(document, 'definitions');
  return new SchemaDocument(isObject(definitions) ? definitions : {}, '#/definitions/');
}

export const explainCommand: Command = {
  name: 'explain',
  group: 'Basic Commands (Intermediate)',
  short: 'Get documentation for a resource',
  long: `Describe the fields of a resource. A field is named by its path: <type>.<fieldName>[.<fieldName>].`,
  examples: `# A resource and its fields
kubectl explain pods
# One field
kubectl explain pods.spec.containers
# All fields at once
kubectl explain pods --recursive`,
  use: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  flags: [
    { name: 'api-version', kind: 'string', usage: 'The API version (group/version).' },
    { name: 'output', short: 'o', kind: 'string', default: 'plaintext', usage: 'plaintext or plaintext-openapiv2.' },
    { name: 'recursive', kind: 'bool', usage: 'Print the names of all fields below, without their descriptions.' },
  ],
  run,
};
