/** create service clusterip, nodeport, loadbalancer, externalname; create ingress. */
import { isValidPortName, isValidPortNum } from '#engine/apimachinery';
import type { Command } from '../../cobra/command.ts';
import type { FlagSpec } from '../../cobra/flags.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import type { JsonObject } from '../../text/json.ts';
import { generatorCommand } from './generate.ts';
import { ingressCommand } from './ingress.ts';

const TCP: FlagSpec = { name: 'tcp', kind: 'strings', usage: 'Ports as <port>:<targetPort>.' };

interface Kind {
  readonly name: string;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly short: string;
  readonly flags: readonly FlagSpec[];
}

const KINDS: readonly Kind[] = [
  {
    name: 'clusterip',
    type: 'ClusterIP',
    short: 'Create a ClusterIP service',
    flags: [TCP, { name: 'clusterip', kind: 'string', usage: 'The address, or None for a headless service.' }],
  },
  {
    name: 'externalname',
    type: 'ExternalName',
    short: 'Create an ExternalName service',
    flags: [TCP, { name: 'external-name', kind: 'string', usage: 'The name it stands for.', required: true }],
  },
  { name: 'loadbalancer', type: 'LoadBalancer', short: 'Create a LoadBalancer service', flags: [TCP] },
  {
    name: 'nodeport',
    type: 'NodePort',
    short: 'Create a NodePort service',
    flags: [TCP, { name: 'node-port', kind: 'int', usage: 'The port on every node.' }],
  },
];

/** As strconv.ParseUint of 16 bits reads it. */
function port(value: string): number {
  if (!/^\d+$/.test(value))
    throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (Number(value) > 65_535)
    throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(value)}: value out of range`);
  return Number(value);
}

function targetPort(value: string): number | string {
  if (!/^-?\d+$/.test(value)) {
    const problems = isValidPortName(value);
    if (problems.length > 0) throw new CommandError(problems.join(','));
    return value;
  }
  const problems = isValidPortNum(Number(value));
  if (problems.length > 0) throw new CommandError(problems.join(','));
  return Number(value);
}

function portObject(text: string, nodePort: number): JsonObject {
  const [first, second] = text.split(':') as [string, string | undefined];
  const number = port(first);
  const target = second === undefined ? number : targetPort(second);
  return {
    name: text.replaceAll(':', '-'),
    protocol: 'TCP',
    port: number,
    targetPort: target,
    ...(nodePort > 0 && { nodePort }),
  };
}

function serviceObject({ flags }: Session, name: string, kind: Kind): JsonObject {
  const clusterIP = flags.has('clusterip') ? flags.string('clusterip') : '';
  const tcp = flags.list('tcp');
  if (tcp.length === 0 && kind.type !== 'ExternalName' && clusterIP !== 'None')
    throw new CommandError('at least one tcp port specifier must be provided');
  if (clusterIP === 'None' && tcp.length > 0) throw new CommandError('can not map ports with clusterip=None');
  const nodePort = flags.has('node-port') ? flags.int('node-port') : 0;
  const ports = tcp.map((text) => portObject(text, nodePort));
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, labels: { app: name } },
    spec: {
      ...(ports.length > 0 && { ports }),
      selector: { app: name },
      ...(clusterIP && { clusterIP }),
      type: kind.type,
      ...(kind.type === 'ExternalName' && { externalName: flags.string('external-name') }),
    },
    status: { loadBalancer: {} },
  };
}

const serviceCommand = (kind: Kind): Command =>
  generatorCommand({
    name: kind.name,
    short: kind.short,
    use: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
    examples: `# Port 5678 of the service leads to port 8080 of its pods
kubectl create service ${kind.name} my-svc --tcp=5678:8080`,
    flags: kind.flags,
    path: (ns) => `/api/v1/namespaces/${ns}/services`,
    namespaced: true,
    what: `${kind.type} service`,
    generate: (session, name) => serviceObject(session, name, kind),
  });

const service: Command = {
  name: 'service',
  aliases: ['svc'],
  short: 'Create a service using a specified subcommand',
  subcommands: KINDS.map(serviceCommand),
};

export const SERVICE_COMMANDS: readonly Command[] = [service, ingressCommand];
