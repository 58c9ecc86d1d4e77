import { expect, it } from 'vitest';
import type { ValidatingAdmissionPolicy } from '#engine/api';
import * as cel from '#engine/cel';
import { typeCheck } from './type-checking.ts';

it('warns about fields that the kinds do not have', () => {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['deployments', 'replicasets'],
          },
        ],
      },
      validations: [
        { expression: 'object.replicas > 1' },
        {
          expression: 'object.spec.replicas > 1',
          messageExpression: "'all but ' + string(object.spec.template.spec.containers[0].ports[0].containerPort)",
        },
      ],
    },
    status: {},
  } satisfies ValidatingAdmissionPolicy;
  const issue = "ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n";
  expect(typeCheck(cel, policy)).toEqual([
    {
      fieldRef: 'spec.validations[0].expression',
      warning: `apps/v1, Kind=Deployment: ${issue}\napps/v1, Kind=ReplicaSet: ${issue}`,
    },
  ]);
});
