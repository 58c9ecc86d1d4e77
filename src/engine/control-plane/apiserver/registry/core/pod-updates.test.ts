/** What the server says to changes of a Pod: of its spec, its status, its resources. */
import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api';
import { deepFreeze } from '#engine/apimachinery';
import { podStrategy } from './pod.ts';

type Patch = {
  readonly spec?: object;
  readonly status?: object;
  readonly annotations?: { readonly [key: string]: string };
};

function pod({ spec = {}, status = {}, annotations }: Patch = {}): Pod {
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd', ...(annotations && { annotations }) },
    spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'nginx' }], ...spec },
    status,
  } as unknown as Pod;
  return deepFreeze((podStrategy.defaults as (object: Pod) => Pod)(raw));
}

const texts = (errors: readonly { readonly field: string; readonly body: string }[]) =>
  errors.map(({ field, body }) => `${field}: ${body}`.split('\n')[0]);

const updated = (next: Patch, current: Patch) => texts(podStrategy.validateUpdate(pod(next), pod(current)));

// None of these looks at its context.
const context = undefined as never;

function through(
  name: 'status' | 'resize' | 'ephemeralcontainers',
  next: Patch,
  current: Patch,
): (string | undefined)[] {
  const strategy = name === 'status' ? podStrategy.status : podStrategy.subresources?.[name];
  if (!strategy) throw new Error(name);
  const before = pod(current);
  return texts(strategy.validateUpdate(strategy.prepareForUpdate(pod(next), before, context), before));
}

describe('spec', () => {
  const gates = [{ name: 'a' }, { name: 'b' }];
  it.each<[string, Patch, Patch, RegExp | undefined]>([
    ['an image may change', { spec: { containers: [{ name: 'c', image: 'x' }] } }, {}, undefined],
    [
      'a command may not',
      { spec: { containers: [{ name: 'c', image: 'nginx', command: ['x'] }] } },
      {},
      /^spec: Forbidden/,
    ],
    [
      'no more containers',
      {
        spec: {
          containers: [
            { name: 'c', image: 'x' },
            { name: 'd', image: 'x' },
          ],
        },
      },
      {},
      /^spec.containers: Forbidden: pod updates may not add/,
    ],
    ['a deadline may be set', { spec: { activeDeadlineSeconds: 5 } }, {}, undefined],
    [
      'and not be prolonged',
      { spec: { activeDeadlineSeconds: 6 } },
      { spec: { activeDeadlineSeconds: 5 } },
      /less than or equal to previous/,
    ],
    ['gates only go', { spec: { schedulingGates: [{ name: 'b' }] } }, { spec: { schedulingGates: gates } }, undefined],
    [
      'and do not come',
      { spec: { schedulingGates: gates } },
      { spec: { schedulingGates: [{ name: 'a' }] } },
      /spec.schedulingGates\[1\].name: Forbidden/,
    ],
    [
      'a gated Pod can be narrowed',
      { spec: { schedulingGates: gates, nodeSelector: { a: 'b' } } },
      { spec: { schedulingGates: gates } },
      undefined,
    ],
    ['one without gates cannot', { spec: { nodeSelector: { a: 'b' } } }, {}, /^spec: Forbidden/],
    ['tolerations may be added', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }, {}, undefined],
    [
      'and not removed',
      {},
      { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } },
      /existing toleration can not be modified/,
    ],
    [
      'a wrong annotation that was there stays',
      { annotations: { 'controller.kubernetes.io/pod-deletion-cost': 'x', a: 'b' } },
      { annotations: { 'controller.kubernetes.io/pod-deletion-cost': 'x' } },
      undefined,
    ],
  ])('%s', (_name, next, current, fault) => {
    const said = updated(next, current);
    if (fault) expect(said[0]).toMatch(fault);
    else expect(said).toEqual([]);
  });
});

describe('status', () => {
  const ended = (exitCode: number) => ({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode } } }] });
  const running = { containerStatuses: [{ name: 'c', state: { running: {} } }] };
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  const ruled = {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'x', restartPolicy: 'Never', restartPolicyRules: rules }],
  };
  const TERMINATED = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';
  it.each<[string, Patch, Patch, readonly string[]]>([
    ['what ended may start again', { status: running }, { status: ended(0) }, []],
    [
      'unless it never restarts',
      { status: running },
      { spec: { restartPolicy: 'Never' }, status: ended(1) },
      [TERMINATED],
    ],
    ['or succeeded', { status: running }, { spec: { restartPolicy: 'OnFailure' }, status: ended(0) }, [TERMINATED]],
    ['a rule may restart it', { status: running }, { spec: ruled, status: ended(42) }, []],
    ['for its own exit codes', { status: running }, { spec: ruled, status: ended(1) }, [TERMINATED]],
    ['a Pod can be nominated', { status: { nominatedNodeName: 'n' } }, {}, []],
    [
      'before it is bound',
      { status: { nominatedNodeName: 'n' } },
      { spec: { nodeName: 'm' } },
      ['status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node'],
    ],
    [
      'one address per family',
      { status: { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] } },
      {},
      [
        'status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family',
      ],
    ],
    [
      'a user outside the range',
      {
        status: { containerStatuses: [{ name: 'c', user: { linux: { uid: -1, gid: 0, supplementalGroups: [-2] } } }] },
      },
      {},
      [
        'status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'status.containerStatuses[0].user.linux.supplementalGroups[0]: Invalid value: -2: must be between 0 and 2147483647, inclusive',
      ],
    ],
    [
      'a resource nobody asked for',
      { status: { containerStatuses: [{ name: 'c', allocatedResourcesStatus: [{ name: 'a.b/gpu' }] }] } },
      {},
      [
        `status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "a.b/gpu": must match one of the container's resource requests`,
      ],
    ],
    [
      'a claim of no Pod',
      { status: { resourceClaimStatuses: [{ name: 'x' }] } },
      {},
      [
        'status.resourceClaimStatuses[0].name: Invalid value: "x": must match the name of an entry in `spec.resourceClaims`',
      ],
    ],
  ])('%s', (_name, next, current, faults) => expect(through('status', next, current)).toEqual(faults));

  it('the single address and the list agree', () => {
    expect(pod({ status: { podIP: '10.0.0.1' } }).status.podIPs).toEqual([{ ip: '10.0.0.1' }]);
    expect(pod({ status: { podIPs: [{ ip: '10.0.0.1' }] } }).status.podIP).toBe('10.0.0.1');
    expect(pod({ status: { podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.1' }] } }).status.podIPs).toEqual([
      { ip: '10.0.0.2' },
    ]);
  });
});

describe('resize', () => {
  const sized = (requests: object, more: object = {}) => ({
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests }, ...more }] },
  });
  it.each<[string, Patch, Patch, readonly string[]]>([
    ['more cpu', sized({ cpu: '2' }), sized({ cpu: '1' }), []],
    ['what else changed is put back', sized({ cpu: '2' }, { image: 'other' }), sized({ cpu: '1' }), []],
    [
      'nothing goes away',
      sized({ cpu: '2' }),
      sized({ cpu: '1', memory: '1Gi' }),
      ['spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed'],
    ],
    [
      'only cpu and memory',
      sized({ cpu: '1', 'ephemeral-storage': '1Gi' }),
      sized({ cpu: '1' }),
      ['spec: Forbidden: only cpu and memory resources are mutable'],
    ],
    [
      'the same class',
      sized({ cpu: '1' }),
      {},
      ['spec: Invalid value: "": Pod QOS Class may not change as a result of resizing'],
    ],
    [
      'the same containers',
      { spec: { containers: [{ name: 'x', image: 'nginx' }] } },
      {},
      ['spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize'],
    ],
  ])('%s', (_name, next, current, faults) => expect(through('resize', next, current)).toEqual(faults));
});

describe('ephemeral containers', () => {
  const debug = { name: 'debug', image: 'busybox', targetContainerName: 'c' };
  it('come and stay', () => {
    const next = { spec: { ephemeralContainers: [debug] } };
    expect(through('ephemeralcontainers', next, {})).toEqual([]);
    expect(through('ephemeralcontainers', {}, next)).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed',
    ]);
  });
});
