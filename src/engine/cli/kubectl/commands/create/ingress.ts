/** create ingress */
import type { Command } from '../../cobra/command.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import type { JsonObject } from '../../text/json.ts';
import { generatorCommand } from './generate.ts';

const RULE =
  /^(?<host>[\w*\-.]*)(?<path>\/[A-Za-z0-9_./-]*[*]?)=(?<svcname>[a-z0-9-]+):(?<svcport>[a-z0-9-]+)(?:,(?<tls>tls(?:=(?<secret>[a-z0-9-]*))?))?$/;

const backend = (name: string, port: string): JsonObject => ({
  service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
});

interface Rule {
  readonly host: string;
  readonly path: JsonObject;
  readonly tls: boolean;
  readonly secret: string;
}

function parseRule(text: string): Rule {
  const groups = RULE.exec(text)?.groups;
  if (!groups)
    throw new CommandError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const path = groups.path as string;
  const prefix = path.endsWith('*');
  return {
    host: groups.host ?? '',
    path: {
      path: prefix ? path.slice(0, -1) : path,
      pathType: prefix ? 'Prefix' : 'Exact',
      backend: backend(groups.svcname as string, groups.svcport as string),
    },
    tls: groups.tls !== undefined,
    secret: groups.secret ?? '',
  };
}

function annotationsOf(list: readonly string[]): JsonObject {
  return Object.fromEntries(
    list.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 0) throw new CommandError(`annotation ${text} is invalid and should be in format key=[value]`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

function ingressObject({ flags }: Session, name: string): JsonObject {
  const annotations = annotationsOf(flags.list('annotation'));
  const fallback = flags.string('default-backend');
  if (flags.list('rule').length === 0 && fallback === '') {
    throw new CommandError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  }
  const rules = flags.list('rule').map(parseRule);
  if (fallback !== '' && fallback.split(':').length !== 2)
    throw new CommandError('default-backend should be in format servicename:serviceport');
  const [fallbackName, fallbackPort] = fallback.split(':') as [string, string];
  const hosts = [...new Set(rules.map((rule) => rule.host))];
  const secrets = [...new Set(rules.filter((rule) => rule.tls).map((rule) => rule.secret))];
  const tls = secrets.map((secret) => ({
    hosts: [
      ...new Set(
        rules.filter((rule) => rule.tls && rule.secret === secret && rule.host !== '').map((rule) => rule.host),
      ),
    ],
    ...(secret && { secretName: secret }),
  }));
  return {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      ...(flags.string('class') && { ingressClassName: flags.string('class') }),
      ...(fallback && { defaultBackend: backend(fallbackName, fallbackPort) }),
      ...(tls.length > 0 && { tls }),
      ...(rules.length > 0 && {
        rules: hosts.map((host) => ({
          ...(host && { host }),
          http: { paths: rules.filter((rule) => rule.host === host).map((rule) => rule.path) },
        })),
      }),
    },
    status: { loadBalancer: {} },
  };
}

export const ingressCommand: Command = generatorCommand({
  name: 'ingress',
  aliases: ['ing'],
  short: 'Create an ingress with the specified name',
  use: 'NAME --rule=host/path=service:port[,tls[=secret]]',
  examples: `# One host, one service
kubectl create ingress simple --rule="foo.com/bar=svc1:8080"`,
  flags: [
    { name: 'class', kind: 'string', usage: 'The ingress class.' },
    {
      name: 'rule',
      kind: 'stringArray',
      usage: 'A rule host/path=service:port[,tls[=secret]]; a path that ends with * is a prefix.',
    },
    { name: 'default-backend', kind: 'string', usage: 'Where everything else goes: svcname:port.' },
    { name: 'annotation', kind: 'stringArray', usage: 'An annotation key=value; may be repeated.' },
  ],
  path: (ns) => `/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses`,
  namespaced: true,
  what: 'ingress',
  generate: ingressObject,
});
