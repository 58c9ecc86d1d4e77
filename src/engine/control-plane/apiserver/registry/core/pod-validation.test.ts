/** Faults of Pods that no recording shows, in upstream's words. */
import { expect, it } from 'vitest';
import type { Pod } from '#engine/api';
import { deepFreeze } from '#engine/apimachinery';
import { podStrategy } from './pod.ts';

function faults(spec: object, container: object): readonly string[] {
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd' },
    spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
  } as unknown as Pod;
  const pod = deepFreeze((podStrategy.defaults as (object: Pod) => Pod)(raw));
  return podStrategy.validate(pod).map(({ field, body }) => `${field}: ${body}`);
}

const rule = { action: 'Restart', exitCodes: { operator: 'In', values: [1] } };
const C = 'spec.containers[0]';
const I = 'spec.initContainers[0]';
const HOST_USERS = 'Forbidden: when `hostUsers` is false';
const NOT_ALWAYS = "Invalid value: \"RestartContainer\": must be 'NotRequired' when pod `restartPolicy` is 'Never'";
const init = (more: object) => ({ initContainers: [{ name: 'i', image: 'x', ...more }] });
const restarts = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }];
const fromFile = (volumeName: string) => ({
  env: [{ name: 'A', valueFrom: { fileKeyRef: { volumeName, path: 'a', key: 'K' } } }],
});

it.each<[string, object, object, readonly string[]]>([
  [
    'its own user namespace and the host',
    { hostUsers: false, hostPID: true, hostIPC: true },
    {},
    [`spec.HostPID: ${HOST_USERS}`, `spec.HostIPC: ${HOST_USERS}`],
  ],
  [
    'two ways to a host name',
    { hostnameOverride: 'a', setHostnameAsFQDN: true, hostNetwork: true },
    {},
    [
      'spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
      'spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true',
    ],
  ],
  [
    'a restart that never is',
    { restartPolicy: 'Never' },
    { resizePolicy: restarts },
    [`${C}.resizePolicy: ${NOT_ALWAYS}`],
  ],
  [
    'rules without a policy',
    {},
    { restartPolicyRules: [rule] },
    [`${C}.restartPolicy: Required value: must specify restartPolicy when restart rules are used`],
  ],
  [
    'rules without end',
    {},
    { restartPolicy: 'Never', restartPolicyRules: Array(21).fill(rule) },
    [`${C}.restartPolicyRules: Too many: 21: must have at most 20 items`],
  ],
  [
    'a rule without codes',
    {},
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] },
    [`${C}.restartPolicyRules[0].exitCodes: Required value: must be specified`],
  ],
  [
    'a sidecar',
    init({ restartPolicy: 'Always', resizePolicy: restarts, readinessProbe: { tcpSocket: { port: 1 } } }),
    {},
    [],
  ],
  [
    'no sidecar',
    init({ resizePolicy: restarts, lifecycle: { preStop: { sleep: { seconds: 1 } } } }),
    {},
    [
      `${I}.lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always`,
      `${I}.resizePolicy[0].restartPolicy: Invalid value: "RestartContainer": must not be set to 'RestartContainer' for non-sidecar initContainers`,
    ],
  ],
  [
    'a Pod smaller than its containers',
    { resources: { requests: { cpu: '1' } } },
    { resources: { requests: { cpu: '2' } } },
    [
      'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
    ],
  ],
  [
    'a size for Windows',
    { os: { name: 'windows' }, resources: { limits: { cpu: '1' } } },
    {},
    ['spec.resources: Forbidden: may not be set for a windows pod'],
  ],
  [
    'a comparing toleration',
    { tolerations: [{ key: 'k', operator: 'Gt', value: '1' }] },
    {},
    ['spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"'],
  ],
  ['a file of no volume', {}, fromFile('v'), [`${C}.env[0].valueFrom.fileKeyRef.volumeName: Not found: "v"`]],
  [
    'a file of another volume',
    { volumes: [{ name: 'v', configMap: { name: 'm' } }] },
    fromFile('v'),
    [`${C}.env[0].valueFrom.fileKeyRef.volumeName: Invalid value: "v": referenced volume must be of type emptyDir`],
  ],
  [
    'a signal for nobody',
    {},
    { lifecycle: { stopSignal: 'SIGINT' } },
    [`${C}.lifecycle.stopSignal: Forbidden: may not be set for containers with empty \`spec.os.name\``],
  ],
  [
    'a signal Windows lacks',
    { os: { name: 'windows' } },
    { lifecycle: { stopSignal: 'SIGINT' } },
    [`${C}.lifecycle.stopSignal: Unsupported value: "SIGINT": supported values: "SIGKILL", "SIGTERM"`],
  ],
  [
    'an image volume of nothing',
    { volumes: [{ name: 'v', image: {} }] },
    {},
    ['spec.volumes[0].image.reference: Required value'],
  ],
])('%s', (_name, spec, container, expected) => expect(faults(spec, container)).toEqual(expected));
