/** create configmap and create secret. */
import { toBase64 } from '#engine/sim';
import type { Command } from '../../cobra/command.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import { type JsonObject, marshal, sortKeys } from '../../text/json.ts';
import { nameHash } from '../../text/name-hash.ts';
import { generatorCommand } from './generate.ts';
import { DATA_FLAGS, type Entry, readEntries, utf8 } from './keyed-data.ts';

function configMapObject(session: Session, name: string): JsonObject {
  const data: { [key: string]: string } = {};
  const binary: { [key: string]: string } = {};
  for (const { key, bytes } of readEntries(session, 'ConfigMap', name)) {
    const text = utf8(bytes);
    if (text === undefined) binary[key] = toBase64(bytes);
    else data[key] = text;
  }
  const sorted = (map: { [key: string]: string }) => sortKeys(map) as JsonObject;
  const hasBinary = Object.keys(binary).length > 0;
  const source = { data: sorted(data), kind: 'ConfigMap', name };
  const suffix = session.flags.bool('append-hash')
    ? `-${nameHash(marshal(sortKeys({ ...source, ...(hasBinary && { binaryData: binary }) })))}`
    : '';
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: name + suffix },
    ...(Object.keys(data).length > 0 && { data: sorted(data) }),
    ...(hasBinary && { binaryData: sorted(binary) }),
  };
}

const configMap = generatorCommand({
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a config map from a local file, directory or literal value',
  use: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  examples: `# From two literals
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2
# From a file
kubectl create configmap my-config --from-file=path/to/bar`,
  flags: DATA_FLAGS,
  path: (ns) => `/api/v1/namespaces/${ns}/configmaps`,
  namespaced: true,
  what: 'configmap',
  generate: configMapObject,
});

function secretObject(session: Session, name: string, entries: readonly Entry[], type: string): JsonObject {
  const data = sortKeys(Object.fromEntries(entries.map((entry) => [entry.key, toBase64(entry.bytes)]))) as JsonObject;
  const suffix = session.flags.bool('append-hash')
    ? `-${nameHash(marshal(sortKeys({ data, kind: 'Secret', name, type })))}`
    : '';
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: name + suffix },
    ...(entries.length > 0 && { data }),
    ...(type && { type }),
  };
}

const secretPath = (ns: string) => `/api/v1/namespaces/${ns}/secrets`;

const generic = generatorCommand({
  name: 'generic',
  short: 'Create a secret from a local file, directory, or literal value',
  use: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  examples: `# From literals
kubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret`,
  flags: [...DATA_FLAGS, { name: 'type', kind: 'string', usage: 'The type of secret.' }],
  path: secretPath,
  namespaced: true,
  what: 'secret',
  generate: (session, name) =>
    secretObject(session, name, readEntries(session, 'Secret', name), session.flags.string('type')),
});

const encoder = new TextEncoder();

function dockerConfig(session: Session): string {
  const { flags } = session;
  const username = flags.string('docker-username');
  const password = flags.string('docker-password');
  const email = flags.string('docker-email');
  const entry = {
    ...(username && { username }),
    ...(password && { password }),
    ...(email && { email }),
    auth: toBase64(encoder.encode(`${username}:${password}`)),
  };
  return marshal({ auths: { [flags.string('docker-server')]: entry } });
}

function dockerRegistrySecret(session: Session, name: string): JsonObject {
  const { flags } = session;
  const type = 'kubernetes.io/dockerconfigjson';
  if (flags.list('from-file').length > 0) {
    const entries = readEntries(session, 'Secret', name);
    const key = '.dockerconfigjson';
    return secretObject(
      session,
      name,
      entries.map((entry) => ({ ...entry, key })),
      type,
    );
  }
  const missing = ['docker-username', 'docker-password', 'docker-server'].filter((flag) => flags.string(flag) === '');
  if (missing.length > 0)
    throw new CommandError(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  return secretObject(
    session,
    name,
    [{ key: '.dockerconfigjson', bytes: encoder.encode(dockerConfig(session)) }],
    type,
  );
}

const dockerRegistry = generatorCommand({
  name: 'docker-registry',
  short: 'Create a secret for use with a Docker registry',
  use: 'NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--dry-run=server|client|none]',
  examples: `# For a registry
kubectl create secret docker-registry my-secret --docker-server=registry.example.com --docker-username=tiger --docker-password=pass1234`,
  flags: [
    { name: 'docker-username', kind: 'string', usage: 'Name at the registry.' },
    { name: 'docker-password', kind: 'string', usage: 'Password at the registry.' },
    { name: 'docker-email', kind: 'string', usage: 'Mail address at the registry.' },
    { name: 'docker-server', kind: 'string', default: 'https://index.docker.io/v1/', usage: 'The registry.' },
    ...DATA_FLAGS,
  ],
  path: secretPath,
  namespaced: true,
  what: 'secret docker-registry',
  generate: dockerRegistrySecret,
});

function readKeyFile(session: Session, path: string): Uint8Array {
  if (!session.process.fs.exists(session.resolve(path)))
    throw new CommandError(`Cannot read file ${path}, open ${path}: no such file or directory`);
  return session.process.fs.readFile(session.resolve(path));
}

const tls = generatorCommand({
  name: 'tls',
  short: 'Create a TLS secret',
  use: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  examples: `# From a key pair
kubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key`,
  flags: [
    { name: 'cert', kind: 'string', usage: 'File with the certificate in PEM.' },
    { name: 'key', kind: 'string', usage: 'File with the private key in PEM.' },
    { name: 'append-hash', kind: 'bool', usage: 'Append a hash of the content to the name.' },
  ],
  path: secretPath,
  namespaced: true,
  what: 'secret',
  generate: (session, name) => {
    const [cert, key] = [session.flags.string('cert'), session.flags.string('key')];
    if (key === '' || cert === '') throw new CommandError('key and cert must be specified');
    const entries = [
      { key: 'tls.crt', bytes: readKeyFile(session, cert) },
      { key: 'tls.key', bytes: readKeyFile(session, key) },
    ];
    return secretObject(session, name, entries, 'kubernetes.io/tls');
  },
});

const secret: Command = {
  name: 'secret',
  short: 'Create a secret using a specified subcommand',
  use: '(docker-registry | generic | tls)',
  subcommands: [dockerRegistry, generic, tls],
};

export const CONFIG_COMMANDS: readonly Command[] = [configMap, secret];
