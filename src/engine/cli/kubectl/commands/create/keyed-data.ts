/**
 * --from-file, --from-literal and --from-env-file of ConfigMaps and Secrets.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go, pkg/cmd/create/create_configmap.go, pkg/util/util.go
 */
import type { FlagSpec } from '../../cobra/flags.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';

export const DATA_FLAGS: readonly FlagSpec[] = [
  { name: 'from-file', kind: 'strings', usage: 'A file (key=path to name its key) or a directory of files.' },
  { name: 'from-literal', kind: 'stringArray', usage: 'A key and its value (mykey=somevalue).' },
  { name: 'from-env-file', kind: 'strings', usage: 'A file with lines of KEY=value.' },
  { name: 'append-hash', kind: 'bool', usage: 'Append a hash of the content to the name.' },
];

export interface Entry {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const KEY = /^[-._a-zA-Z0-9]+$/;
const encoder = new TextEncoder();

/** Entries in the order given. `kind` and `name` are for messages. */
export function readEntries(session: Session, kind: string, name: string): readonly Entry[] {
  const { flags } = session;
  const envFiles = flags.list('from-env-file');
  if (envFiles.length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)) {
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal');
  }
  const entries = [
    ...flags.list('from-literal').map(literal),
    ...flags.list('from-file').flatMap((source) => fromFile(session, source)),
    ...envFiles.flatMap((path) => fromEnvFile(session, path)),
  ];
  const seen = new Set<string>();
  for (const { key } of entries) {
    checkKey(key, kind);
    if (seen.has(key))
      throw new CommandError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ${kind} ${JSON.stringify(name)}`,
      );
    seen.add(key);
  }
  return entries;
}

function checkKey(key: string, kind: string): void {
  if (KEY.test(key) && key !== '.' && key !== '..' && key.length <= 253) return;
  const why =
    key === '.' || key === '..'
      ? `must not be '${key}'`
      : "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
  throw new CommandError(`${JSON.stringify(key)} is not a valid key name for a ${kind}: ${why}`);
}

function literal(source: string): Entry {
  const equals = source.indexOf('=');
  if (equals <= 0) throw new CommandError(`invalid literal source ${source}, expected key=value`);
  return { key: source.slice(0, equals), bytes: encoder.encode(source.slice(equals + 1)) };
}

function fromFile(session: Session, source: string): readonly Entry[] {
  const parts = source.split('=');
  if (parts.length > 2) throw new CommandError("key names or file paths cannot contain '='");
  if (parts.length === 2 && parts[0] === '') throw new CommandError(`key name for file path ${parts[1]} missing`);
  if (parts.length === 2 && parts[1] === '') throw new CommandError(`file path for key name ${parts[0]} missing`);
  const path = parts.at(-1) as string;
  const { fs } = session.process;
  const full = session.resolve(path);
  if (!fs.exists(full)) throw new CommandError(`error reading ${path}: no such file or directory`);
  if (fs.stat(full).type !== 'directory') {
    return [
      { key: parts.length === 2 ? (parts[0] as string) : (path.split('/').at(-1) as string), bytes: fs.readFile(full) },
    ];
  }
  if (parts.length === 2) throw new CommandError('cannot give a key name for a directory path');
  return fs
    .readdir(full)
    .filter((name) => fs.stat(`${full.replace(/\/$/, '')}/${name}`).type === 'file')
    .map((name) => ({ key: name, bytes: fs.readFile(`${full.replace(/\/$/, '')}/${name}`) }));
}

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function fromEnvFile(session: Session, path: string): readonly Entry[] {
  const { fs } = session.process;
  const full = session.resolve(path);
  if (!fs.exists(full)) throw new CommandError(`error reading ${path}: no such file or directory`);
  if (fs.stat(full).type === 'directory') throw new CommandError('env config file cannot be a directory');
  const out: Entry[] = [];
  for (const raw of session
    .readText(path)
    .replace(/^\ufeff/, '')
    .split('\n')) {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    if (!ENV_NAME.test(key)) {
      throw new CommandError(
        `${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
      );
    }
    out.push({
      key,
      bytes: encoder.encode(equals < 0 ? (session.process.env.get(key) ?? '') : line.slice(equals + 1)),
    });
  }
  return out;
}

/** The text of bytes that are UTF-8, or undefined. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
