/**
 * kubectl api-resources, api-versions, version, cluster-info, options.
 * @fidelity partial: cluster-info dump is refused
 */
import { compareText } from '#engine/apimachinery';
import type { Command } from '../cobra/command.ts';
import { options } from '../cobra/help.ts';
import { asError, CommandError, ConfigurationError } from '../errors.ts';
import { GLOBAL_FLAGS, OUTPUT_FLAG } from '../flag-sets.ts';
import { unknownFormat } from '../print/output.ts';
import { listAll } from '../resource/fetch.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { apiVersion, groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, isArray, type Json, type JsonObject, marshalIndent, text } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';
import { toYaml } from '../text/yaml-emit.ts';

function table(session: Session, lines: readonly (readonly string[])[]): void {
  const writer = new TabWriter(TABLE, (chunk) => session.out(chunk));
  for (const line of lines) writer.print(`${line.join('\t')}\n`);
  writer.flush();
}

function matching(session: Session, resources: readonly ApiResource[]): readonly ApiResource[] {
  const { flags } = session;
  const verbs = flags.list('verbs');
  const categories = flags.list('categories');
  return resources
    .filter((one) => !flags.changed('api-group') || one.group === flags.string('api-group'))
    .filter((one) => !flags.changed('namespaced') || one.namespaced === flags.bool('namespaced'))
    .filter(
      (one) =>
        verbs.every((verb) => one.verbs.includes(verb)) &&
        categories.every((category) => one.categories.includes(category)),
    )
    .filter((one) => one.verbs.length > 0);
}

async function apiResources(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw session.usage(`unexpected arguments: [${args.join(' ')}]`);
  const format = flags.string('output');
  const sortBy = flags.string('sort-by');
  if (!['', 'wide', 'name', 'json', 'yaml'].includes(format))
    throw unknownFormat(format, ['json', 'kyaml', 'name', 'wide', 'yaml']);
  if (!['', 'name', 'kind'].includes(sortBy)) throw new CommandError('--sort-by accepts only name or kind');
  const mapper = await session.mapper(1);
  const found = [...matching(session, mapper.preferred())].sort((a, b) => {
    if (sortBy === 'kind') return compareText(a.kind, b.kind);
    return sortBy === 'name'
      ? compareText(a.name, b.name)
      : compareText(a.group, b.group) || compareText(a.name, b.name);
  });
  if (format === 'name') {
    for (const one of found) session.out(`${groupResource(one)}\n`);
    return;
  }
  if (format === 'json' || format === 'yaml') {
    const list = resourceList(found);
    session.out(format === 'json' ? `${marshalIndent(list, '    ')}\n` : toYaml(list));
    return;
  }
  const wide = format === 'wide';
  const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])];
  const rows = found.map((one) => [
    one.name,
    one.shortNames.join(','),
    apiVersion(one),
    String(one.namespaced),
    one.kind,
    ...(wide ? [one.verbs.join(','), one.categories.join(',')] : []),
  ]);
  table(session, flags.bool('no-headers') ? rows : [header, ...rows]);
}

function resourceList(found: readonly ApiResource[]): JsonObject {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: '',
    resources: found.map((one) => ({
      name: one.name,
      singularName: one.singular,
      namespaced: one.namespaced,
      ...(one.group && { group: one.group }),
      version: one.version,
      kind: one.kind,
      verbs: one.verbs,
      ...(one.shortNames.length > 0 && { shortNames: one.shortNames }),
      ...(one.categories.length > 0 && { categories: one.categories }),
    })),
  };
}

async function apiVersions(session: Session): Promise<void> {
  if (session.args.length > 0) throw session.usage(`unexpected arguments: [${session.args.join(' ')}]`);
  let names: readonly string[];
  try {
    const mapper = await session.mapper(1);
    names = mapper.groups.flatMap((group) =>
      group.versions.map((one) => (group.name ? `${group.name}/${one.version}` : one.version)),
    );
  } catch (error) {
    throw new CommandError(`couldn't get available api versions from server: ${asError(error).message}`);
  }
  for (const name of [...names].sort(compareText)) session.out(`${name}\n`);
}

const CLIENT: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.2',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.25',
  compiler: 'podarium',
  platform: 'linux/amd64',
};
const KUSTOMIZE = 'v5.8.1';

async function version(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw new CommandError(`extra arguments: [${args.join(' ')}]`);
  const format = flags.string('output');
  if (format !== '' && format !== 'yaml' && format !== 'json')
    throw new CommandError("--output must be 'yaml' or 'json'");
  let server: JsonObject | undefined;
  let failure: Error | undefined;
  if (!flags.bool('client')) {
    const rest = session.rest();
    try {
      server = (await rest.document('/version')) as JsonObject;
    } catch (error) {
      failure = asError(error);
    }
  }
  if (format === '') {
    session.out(`Client Version: ${String(CLIENT.gitVersion)}\nKustomize Version: ${KUSTOMIZE}\n`);
    if (server) session.out(`Server Version: ${text(server, 'gitVersion')}\n`);
  } else {
    const info = { clientVersion: CLIENT, kustomizeVersion: KUSTOMIZE, ...(server && { serverVersion: server }) };
    session.out(format === 'json' ? `${marshalIndent(info, '  ')}\n` : toYaml(info));
  }
  if (failure) throw failure;
}

/** Found wrong before the first request: nothing is printed but the error. */
const isConfiguration = (error: unknown): boolean =>
  error instanceof ConfigurationError ||
  (error instanceof CommandError &&
    /^(error loading config file|unable to read certificate-authority|EOF$|stat )/.test(error.message));

const TAIL = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n";

async function clusterInfo(session: Session): Promise<void> {
  try {
    const rest = session.rest();
    const mapper = await session.mapper();
    const { resource } = mapper.lookup('services');
    const found = await listAll(session, resource, session.flags.string('namespace') || 'kube-system', {
      labelSelector: 'kubernetes.io/cluster-service=true',
      chunkSize: 500,
    });
    session.out(`Kubernetes control plane is running at ${rest.config.server}\n`);
    for (const service of found.items)
      session.out(
        `${text(service, 'metadata', 'labels', 'kubernetes.io/name') || text(service, 'metadata', 'name')} is running at ${serviceUrl(rest.config.server, service)}\n`,
      );
  } catch (error) {
    if (!isConfiguration(error)) session.out(TAIL);
    throw error;
  }
  session.out(TAIL);
}

function serviceUrl(server: string, service: JsonObject): string {
  const ingress = at(service, 'status', 'loadBalancer', 'ingress');
  const ports: Json | undefined = at(service, 'spec', 'ports');
  if (isArray(ingress) && ingress.length > 0 && isArray(ports)) {
    const address = text(ingress[0], 'ip') || text(ingress[0], 'hostname');
    return ports.map((port) => `http://${address}:${String(at(port, 'port'))} `).join('');
  }
  const [port] = isArray(ports) ? ports : [];
  const name = text(service, 'metadata', 'name');
  const scheme = text(port, 'name') === 'https' || at(port, 'port') === 443 ? 'https:' : '';
  const suffix = text(port, 'name') ? `:${text(port, 'name')}` : '';
  return `${server}/api/v1/namespaces/${text(service, 'metadata', 'namespace')}/services/${scheme || suffix ? `${scheme}${name}${suffix}` : name}/proxy`;
}

export const apiResourcesCommand: Command = {
  name: 'api-resources',
  group: 'Other Commands',
  short: 'Print the supported API resources on the server',
  flags: [
    OUTPUT_FLAG,
    { name: 'api-group', kind: 'string', usage: 'Only this group.' },
    { name: 'cached', kind: 'bool', usage: 'Use the cached list if there is one.' },
    { name: 'categories', kind: 'strings', usage: 'Only these categories.' },
    { name: 'namespaced', kind: 'bool', default: 'true', usage: 'Only namespaced resources, or only the others.' },
    { name: 'no-headers', kind: 'bool', usage: 'Print no header.' },
    { name: 'sort-by', kind: 'string', usage: 'name or kind.' },
    { name: 'verbs', kind: 'strings', usage: 'Only resources that know these verbs.' },
  ],
  run: apiResources,
};

export const apiVersionsCommand: Command = {
  name: 'api-versions',
  group: 'Other Commands',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  run: apiVersions,
};

export const versionCommand: Command = {
  name: 'version',
  group: 'Other Commands',
  short: 'Print the client and server version information',
  flags: [OUTPUT_FLAG, { name: 'client', kind: 'bool', usage: 'Only the version of the client.' }],
  run: version,
};

export const clusterInfoCommand: Command = {
  name: 'cluster-info',
  group: 'Cluster Management Commands',
  short: 'Display cluster information',
  subcommands: [
    {
      name: 'dump',
      short: 'Dump relevant information for debugging and diagnosis',
      run: async () => {
        throw new CommandError('cluster-info dump is not supported yet');
      },
    },
  ],
  run: clusterInfo,
};

export const optionsCommand: Command = {
  name: 'options',
  short: 'Print the list of flags inherited by all commands',
  hidden: true,
  run: async (session) => {
    session.out(`The following options can be passed to any command:\n\n${options(GLOBAL_FLAGS)}\n`);
  },
};
