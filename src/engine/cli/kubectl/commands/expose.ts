/**
 * kubectl expose
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/expose/expose.go
 * @fidelity full
 */
import { dryRunOf, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import type { FlagSet } from '../cobra/flags.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS, SAVE_CONFIG_FLAG } from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import type { Info } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import { applyOverrides, OVERRIDE_FLAGS, type OverrideType } from './overrides.ts';

const EXPOSABLE = new Set(['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet']);
const MAX_NAME = 63;

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      const service = serviceFor(flags, info);
      const overridden = applyOverrides(
        session,
        service,
        { version: 'v1', group: '', kind: 'Service' },
        (flags.string('override-type') || 'merge') as OverrideType,
      );
      const object = flags.bool('save-config') ? withLastApplied(overridden, true) : overridden;
      if (dryRun === 'client') {
        print(object, 'exposed', true);
        continue;
      }
      const path = `/api/v1/namespaces/${info.namespace}/services`;
      print(
        (await session.rest().json('POST', path, { body: object, query: writeQuery(session, dryRun) })) as JsonObject,
        'exposed',
      );
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

function serviceFor(flags: FlagSet, info: Info): JsonObject {
  const object = info.object ?? {};
  const kind = info.resource.kind;
  if (!EXPOSABLE.has(kind)) throw new CommandError(`cannot expose a ${kind}`);
  const name = (flags.string('name') || info.name).slice(0, MAX_NAME);
  const selector = flags.string('selector') ? pairs(flags.string('selector'), 'selector') : selectorOf(object, kind);
  const headless = flags.string('cluster-ip') === 'None';
  const introspected = containerPorts(object, kind);
  const portText = flags.string('port') || introspected.map((one) => String(one.port)).join(',');
  if (portText === '' && !headless) throw new CommandError("couldn't find port via --port flag or introspection");
  const labels = flags.string('labels') ? pairs(flags.string('labels'), 'label') : at(object, 'metadata', 'labels');
  const externalIp = flags.string('external-ip');
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, ...(isObject(labels) && Object.keys(labels).length > 0 && { labels }) },
    spec: {
      ports: portsOf(flags, portText, introspected),
      selector,
      ...(flags.string('cluster-ip') && { clusterIP: flags.string('cluster-ip') }),
      ...(flags.string('type') && { type: flags.string('type') }),
      ...(externalIp && { externalIPs: [externalIp] }),
      ...(flags.string('session-affinity') && { sessionAffinity: flags.string('session-affinity') }),
      ...(flags.string('load-balancer-ip') && { loadBalancerIP: flags.string('load-balancer-ip') }),
    },
    status: { loadBalancer: {} },
  };
}

interface PortProtocol {
  readonly port: number;
  readonly protocol: string;
}

function containerPorts(object: JsonObject, kind: string): readonly PortProtocol[] {
  if (kind === 'Service') return portList(at(object, 'spec', 'ports'), 'port');
  const containers =
    kind === 'Pod' ? at(object, 'spec', 'containers') : at(object, 'spec', 'template', 'spec', 'containers');
  return (isArray(containers) ? containers : []).flatMap((container) =>
    portList(at(container, 'ports'), 'containerPort'),
  );
}

const portList = (ports: Json | undefined, field: string): readonly PortProtocol[] =>
  (isArray(ports) ? ports : []).map((port) => ({
    port: Number(at(port, field)),
    protocol: text(port, 'protocol') || 'TCP',
  }));

function portsOf(flags: FlagSet, portText: string, introspected: readonly PortProtocol[]): readonly JsonObject[] {
  const numbers = portText === '' ? [] : portText.split(',');
  const target = flags.string('target-port') || flags.string('container-port');
  return numbers.map((one, index) => {
    if (!/^[-+]?\d+$/.test(one)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(one)}: invalid syntax`);
    const port = Number(one);
    const protocol = flags.string('protocol') || introspected.find((known) => known.port === port)?.protocol || 'TCP';
    return {
      ...(numbers.length > 1 && { name: `port-${index + 1}` }),
      protocol,
      port,
      targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
    };
  });
}

function selectorOf(object: JsonObject, kind: string): JsonObject {
  if (kind === 'Pod') {
    const labels = at(object, 'metadata', 'labels');
    if (!isObject(labels) || Object.keys(labels).length === 0)
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      );
    return labels;
  }
  const selector = at(object, 'spec', 'selector');
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (!isObject(selector))
      throw new CommandError(
        `couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set`,
      );
    return selector;
  }
  const expressions = at(selector, 'matchExpressions');
  if (isArray(expressions) && expressions.length > 0)
    throw new CommandError(
      "couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - to map-based selector format",
    );
  const labels = at(selector, 'matchLabels');
  return isObject(labels) ? labels : {};
}

/** `a=b,c=d` */
export function pairs(source: string, what: string): JsonObject {
  return Object.fromEntries(
    source.split(',').map((pair) => {
      const parts = pair.split('=');
      if (parts.length !== 2) throw new CommandError(`unexpected ${what} spec: ${pair}`);
      return [parts[0] as string, parts[1] as string];
    }),
  );
}

export const exposeCommand: Command = {
  name: 'expose',
  group: 'Basic Commands (Beginner)',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  examples: `# A service for a deployment, on port 80, leading to port 8000
kubectl expose deployment nginx --port=80 --target-port=8000
# For a pod
kubectl expose pod valid-pod --port=444 --name=frontend`,
  use: '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    DRY_RUN_FLAG,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-expose'),
    ...OVERRIDE_FLAGS,
    { name: 'cluster-ip', kind: 'string', usage: 'The address; None for a headless service.' },
    { name: 'container-port', kind: 'string', usage: 'The same as --target-port.', hidden: true },
    { name: 'external-ip', kind: 'string', usage: 'An outside address that leads to the service.' },
    { name: 'labels', short: 'l', kind: 'string', usage: 'Labels of the service.' },
    { name: 'load-balancer-ip', kind: 'string', usage: 'Address of the load balancer.' },
    { name: 'name', kind: 'string', usage: 'Name of the service.' },
    { name: 'port', kind: 'string', usage: 'The port it serves on.' },
    { name: 'protocol', kind: 'string', usage: 'TCP, UDP or SCTP.' },
    { name: 'selector', kind: 'string', usage: 'Labels of the pods it leads to.' },
    { name: 'session-affinity', kind: 'string', usage: 'None or ClientIP.' },
    { name: 'target-port', kind: 'string', usage: 'Port or name of the port of the pods.' },
    { name: 'type', kind: 'string', usage: 'ClusterIP, NodePort, LoadBalancer or ExternalName.' },
  ],
  run,
};
