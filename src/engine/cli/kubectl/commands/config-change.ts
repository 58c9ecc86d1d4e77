/** The subcommands of config that change the file, and the short lists. */
import { compareText } from '#engine/apimachinery';
import { toBase64 } from '#engine/sim';
import {
  EMPTY_CONFIG,
  type KubeConfig,
  readConfig,
  type Stanza,
  stanzaText,
  writeConfig,
} from '../config/kubeconfig.ts';
import { CommandError } from '../errors.ts';
import { unknownFormat } from '../print/output.ts';
import type { Session } from '../session.ts';
import type { Json } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';

type Section = 'clusters' | 'users' | 'contexts';

/** The file that a change goes to: the one that has the stanza, else the first that exists, else the last. */
function fileFor(session: Session, has?: (config: KubeConfig) => boolean): string {
  const paths = session.config.paths();
  const { fs, cwd } = session.process;
  const owner = has && paths.find((path) => has(readConfig(fs, cwd, path) ?? EMPTY_CONFIG));
  return owner ?? paths.find((path) => fs.exists(session.resolve(path))) ?? (paths.at(-1) as string);
}

function change(
  session: Session,
  apply: (config: KubeConfig) => KubeConfig,
  has?: (config: KubeConfig) => boolean,
): string {
  session.config.load();
  const path = fileFor(session, has);
  const { fs, cwd } = session.process;
  writeConfig(fs, cwd, path, apply(readConfig(fs, cwd, path) ?? EMPTY_CONFIG));
  return path;
}

const withStanza = (config: KubeConfig, section: Section, name: string, stanza: Stanza): KubeConfig => ({
  ...config,
  [section]: new Map([...config[section], [name, stanza]]),
});

const withoutStanza = (config: KubeConfig, section: Section, name: string): KubeConfig => ({
  ...config,
  [section]: new Map([...config[section]].filter(([key]) => key !== name)),
});

/** The help on stdout, then a word about the arguments. */
function wrongArgs(session: Session, message: string): never {
  session.out(session.help());
  throw new CommandError(message);
}

const listed = (session: Session): string => `[${session.args.join(' ')}]`;

export async function currentContext(session: Session): Promise<void> {
  const { currentContext: name } = session.config.load();
  if (name === '') throw new CommandError('current-context is not set');
  session.out(`${name}\n`);
}

export async function getNames(session: Session, section: 'clusters' | 'users'): Promise<void> {
  const names = [...session.config.load()[section].keys()].sort(compareText);
  session.out(`NAME\n${names.map((name) => `${name}\n`).join('')}`);
}

export async function getContexts(session: Session): Promise<void> {
  const { flags, args } = session;
  const output = flags.string('output');
  if (output !== '' && output !== 'name') throw unknownFormat(output, ['name']);
  const config = session.config.load();
  const names = args.length > 0 ? args : [...config.contexts.keys()].sort(compareText);
  const missing = names.filter((name) => !config.contexts.has(name));
  const found = names.filter((name) => config.contexts.has(name));
  if (output === 'name') for (const name of found) session.out(`${name}\n`);
  else {
    const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
    if (!flags.bool('no-headers')) writer.print('CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n');
    for (const name of found) {
      const context = config.contexts.get(name);
      const cells = [
        name === config.currentContext ? '*' : '',
        name,
        stanzaText(context, 'cluster'),
        stanzaText(context, 'user'),
        stanzaText(context, 'namespace'),
      ];
      writer.print(`${cells.join('\t')}\n`);
    }
    writer.flush();
  }
  if (missing.length > 0) throw new CommandError(missing.map((name) => `context ${name} not found`).join('\n'));
}

export async function useContext(session: Session): Promise<void> {
  const [name] = session.args;
  if (session.args.length !== 1) wrongArgs(session, `Unexpected args: ${listed(session)}`);
  if (!name) throw new CommandError('empty context names are not allowed');
  if (!session.config.load().contexts.has(name))
    throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`);
  change(
    session,
    (config) => ({ ...config, currentContext: name }),
    (config) => config.currentContext !== '',
  );
  session.out(`Switched to context ${JSON.stringify(name)}.\n`);
}

export async function renameContext(session: Session): Promise<void> {
  const [from, to] = session.args;
  if (session.args.length !== 2 || from === undefined || to === undefined)
    wrongArgs(session, `Unexpected args: ${listed(session)}`);
  const config = session.config.load();
  const path = fileFor(session);
  const context = config.contexts.get(from);
  if (!context) throw new CommandError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${path}`);
  if (config.contexts.has(to))
    throw new CommandError(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${path}`,
    );
  change(
    session,
    (file) => {
      const renamed = withStanza(withoutStanza(file, 'contexts', from), 'contexts', to, context);
      return file.currentContext === from ? { ...renamed, currentContext: to } : renamed;
    },
    (file) => file.contexts.has(from),
  );
  session.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
}

export async function deleteStanza(session: Session, section: Section, noun: string): Promise<void> {
  const [name] = session.args;
  if (session.args.length !== 1 || name === undefined) {
    session.out(session.help());
    return;
  }
  const config = session.config.load();
  const has = (file: KubeConfig) => file[section].has(name);
  const path = fileFor(session, has);
  if (!config[section].has(name)) throw new CommandError(`cannot delete ${noun} ${name}, not in ${path}`);
  if (section === 'contexts' && config.currentContext === name) {
    session.err(
      'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
    );
  }
  change(session, (file) => withoutStanza(file, section, name), has);
  session.out(`deleted ${noun} ${name} from ${path}\n`);
}

/** Flags of the command line into fields of a stanza; a flag given as '' removes the field. */
function edited(session: Session, stanza: Stanza, fields: readonly (readonly [flag: string, field: string])[]): Stanza {
  const out: { [field: string]: Json | undefined } = { ...stanza };
  for (const [flag, field] of fields) {
    if (!session.flags.changed(flag)) continue;
    const value = session.flags.string(flag);
    if (value === '') delete out[field];
    else out[field] = value;
  }
  return out;
}

const CLUSTER_ORDER = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'proxy-url',
];

const inOrder = (stanza: { readonly [field: string]: Json | undefined }, order: readonly string[]): Stanza =>
  Object.fromEntries(
    [...order, ...Object.keys(stanza).filter((key) => !order.includes(key))].flatMap((key) =>
      stanza[key] === undefined ? [] : [[key, stanza[key]]],
    ),
  );

export async function setContext(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 1) wrongArgs(session, `Unexpected args: ${listed(session)}`);
  const config = session.config.load();
  const name = flags.bool('current') ? config.currentContext : (args[0] ?? '');
  if (flags.bool('current') && args.length > 0)
    throw new CommandError('you cannot specify both a context name and --current');
  if (flags.bool('current') && name === '') throw new CommandError('no current context is set');
  if (name === '') throw new CommandError('you must specify a non-empty context name or --current');
  const exists = config.contexts.has(name);
  const stanza = edited(session, config.contexts.get(name) ?? {}, [
    ['cluster', 'cluster'],
    ['user', 'user'],
    ['namespace', 'namespace'],
  ]);
  change(
    session,
    (file) => withStanza(file, 'contexts', name, inOrder(stanza, ['cluster', 'user', 'namespace'])),
    (file) => file.contexts.has(name),
  );
  session.out(`Context ${JSON.stringify(name)} ${exists ? 'modified' : 'created'}.\n`);
}

function embedded(session: Session, path: string, what: string): string {
  if (!session.process.fs.exists(session.resolve(path)))
    throw new CommandError(`could not stat ${what} file ${path}: stat ${path}: no such file or directory`);
  return toBase64(session.process.fs.readFile(session.resolve(path)));
}

export async function setCluster(session: Session): Promise<void> {
  const { flags, args } = session;
  const [name] = args;
  if (args.length !== 1 || name === undefined) wrongArgs(session, `Unexpected args: ${listed(session)}`);
  const config = session.config.load();
  const stanza: { [field: string]: Json | undefined } = {
    ...edited(session, config.clusters.get(name) ?? {}, [
      ['server', 'server'],
      ['tls-server-name', 'tls-server-name'],
      ['proxy-url', 'proxy-url'],
    ]),
  };
  const authority = flags.string('certificate-authority');
  if (flags.changed('insecure-skip-tls-verify')) {
    if (flags.bool('insecure-skip-tls-verify')) {
      stanza['insecure-skip-tls-verify'] = true;
      delete stanza['certificate-authority'];
      delete stanza['certificate-authority-data'];
    } else delete stanza['insecure-skip-tls-verify'];
  }
  if (authority !== '') {
    delete stanza['insecure-skip-tls-verify'];
    delete stanza['certificate-authority'];
    delete stanza['certificate-authority-data'];
    if (flags.bool('embed-certs'))
      stanza['certificate-authority-data'] = embedded(session, authority, 'certificate-authority');
    else stanza['certificate-authority'] = session.resolve(authority);
  }
  change(
    session,
    (file) => withStanza(file, 'clusters', name, inOrder(stanza, CLUSTER_ORDER)),
    (file) => file.clusters.has(name),
  );
  session.out(`Cluster ${JSON.stringify(name)} set.\n`);
}

export async function setCredentials(session: Session): Promise<void> {
  const { flags, args } = session;
  const [name] = args;
  if (args.length !== 1 || name === undefined) wrongArgs(session, `unexpected args: ${listed(session)}`);
  if (flags.string('token') !== '' && (flags.string('username') !== '' || flags.string('password') !== '')) {
    throw new CommandError(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password',
    );
  }
  const config = session.config.load();
  const stanza: { [field: string]: Json | undefined } = {
    ...edited(session, config.users.get(name) ?? {}, [
      ['token', 'token'],
      ['username', 'username'],
      ['password', 'password'],
    ]),
  };
  for (const field of ['client-certificate', 'client-key']) {
    const file = flags.string(field);
    if (file === '') continue;
    delete stanza[`${field}-data`];
    delete stanza[field];
    if (flags.bool('embed-certs')) stanza[`${field}-data`] = embedded(session, file, field);
    else stanza[field] = session.resolve(file);
  }
  if (flags.string('exec-command') !== '') stanza.exec = execPlugin(session);
  const order = [
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'token',
    'username',
    'password',
    'exec',
  ];
  change(
    session,
    (file) => withStanza(file, 'users', name, inOrder(stanza, order)),
    (file) => file.users.has(name),
  );
  session.out(`User ${JSON.stringify(name)} set.\n`);
}

function execPlugin({ flags }: Session): Json {
  const env = flags
    .list('exec-env')
    .map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) }));
  return {
    apiVersion: flags.string('exec-api-version'),
    args: flags.list('exec-arg').length > 0 ? flags.list('exec-arg') : null,
    command: flags.string('exec-command'),
    env: env.length > 0 ? env : null,
    ...(flags.string('exec-interactive-mode') && { interactiveMode: flags.string('exec-interactive-mode') }),
    provideClusterInfo: flags.bool('exec-provide-cluster-info'),
  };
}

/** `clusters.x.server` -> section, name, field. */
function parseProperty(property: string): {
  readonly section: Section | 'current-context';
  readonly name: string;
  readonly field: string;
} {
  const [section, name = '', ...rest] = property.split('.');
  if (section === 'current-context') return { section, name: '', field: '' };
  if (section !== 'clusters' && section !== 'users' && section !== 'contexts')
    throw new CommandError(`unable to parse ${property} after [] at api.Config`);
  return { section, name, field: rest.join('.') };
}

const BOOLEAN_FIELDS = new Set(['insecure-skip-tls-verify', 'disable-compression']);

export async function setProperty(session: Session): Promise<void> {
  const [property, value] = session.args;
  if (session.args.length !== 2 || property === undefined || value === undefined)
    wrongArgs(session, `Unexpected args: ${listed(session)}`);
  const { section, name, field } = parseProperty(property);
  change(
    session,
    (file) => {
      if (section === 'current-context') return { ...file, currentContext: value };
      const next = BOOLEAN_FIELDS.has(field) ? value === 'true' : value;
      return withStanza(file, section, name, { ...file[section].get(name), [field]: next });
    },
    section === 'current-context' ? undefined : (file) => file[section].has(name),
  );
  session.out(`Property ${JSON.stringify(property)} set.\n`);
}

export async function unsetProperty(session: Session): Promise<void> {
  const [property] = session.args;
  if (session.args.length !== 1 || property === undefined) wrongArgs(session, `Unexpected args: ${listed(session)}`);
  const { section, name, field } = parseProperty(property);
  change(
    session,
    (file) => {
      if (section === 'current-context') return { ...file, currentContext: '' };
      if (name === '') return { ...file, [section]: new Map() };
      if (field === '') return withoutStanza(file, section, name);
      const { [field]: _, ...rest } = file[section].get(name) ?? {};
      return withStanza(file, section, name, rest);
    },
    section === 'current-context' ? undefined : (file) => file[section].has(name),
  );
  session.out(`Property ${JSON.stringify(property)} unset.\n`);
}
