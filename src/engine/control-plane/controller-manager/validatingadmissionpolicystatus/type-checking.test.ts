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

it('knows requests, namespaces, parameters and variables by their types', () => {
  const check = (expression: string, more: object = {}) =>
    typeCheck(cel, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods', 'pods/log'] },
          ],
        },
        variables: [
          { name: 'text', expression: "'a'" },
          { name: 'wrong', expression: 'object.nope' },
          { name: 'where', expression: 'namespaceObject' },
        ],
        validations: [{ expression }],
        ...more,
      },
      status: {},
    } as unknown as ValidatingAdmissionPolicy).map(({ warning }) => warning);
  const params = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
  expect(check('request.userInfo.name == "x"')).toEqual([
    '/v1, Kind=Pod: ERROR: <input>:1:17: undefined field \'name\'\n | request.userInfo.name == "x"\n | ................^\n',
  ]);
  expect(check('namespaceObject.metadata.nope == ""')[0]).toContain("undefined field 'nope'");
  expect(check('params.data.a == 1', params)[0]).toContain("applied to '(string, int)'");
  expect(check('params.data.a == 1', { paramKind: { apiVersion: 'x.io/v1', kind: 'Odd' } })[0]).toContain(
    "undeclared reference to 'params'",
  );
  expect(check('variables.text == 1')[0]).toContain("found no matching overload for '_==_' applied to '(string, int)'");
  expect(check('variables.wrong == 1 && variables.where.anything == 1')).toEqual([]);
  expect(check('variables.nope')[0]).toContain("undefined field 'nope'");
  expect(check("authorizer.group('').resource('pods').check('get').allowed()")).toEqual([]);
  expect(check("authorizer.requestResource.check('get').allowed()")[0]).toContain(
    "unexpected failed resolution of 'kubernetes.authorization.Authorizer'",
  );
});
