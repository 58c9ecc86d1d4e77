import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/apimachinery';
import * as cel from '#engine/cel';
import { loadCel } from '../../cel-library.ts';
import { forAnyKind } from '../strategies.ts';
import {
  mutatingAdmissionPolicyBindingStrategy,
  mutatingAdmissionPolicyStrategy,
} from './mutating-admission-policy.ts';
import {
  validatingAdmissionPolicyBindingStrategy,
  validatingAdmissionPolicyStrategy,
} from './validating-admission-policy.ts';

beforeAll(() => loadCel(() => Promise.resolve(cel as never)));

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const STRATEGIES = {
  vap: forAnyKind(validatingAdmissionPolicyStrategy),
  vapb: forAnyKind(validatingAdmissionPolicyBindingStrategy),
  map: forAnyKind(mutatingAdmissionPolicyStrategy),
  mapb: forAnyKind(mutatingAdmissionPolicyBindingStrategy),
};
const GOOD: { readonly [kind in keyof typeof STRATEGIES]: object } = {
  vap: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] },
  vapb: { policyName: 'p', validationActions: ['Deny'] },
  map: {
    matchConstraints: { resourceRules: [rule] },
    reinvocationPolicy: 'Never',
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
  },
  mapb: { policyName: 'p' },
};

function faults(kind: keyof typeof STRATEGIES, change: object): readonly string[] {
  const strategy = STRATEGIES[kind];
  const object = { apiVersion: 'v1', kind, metadata: { name: 'p' }, spec: { ...GOOD[kind], ...change } };
  const read = strategy.defaults?.(object as unknown as KubeObject) as KubeObject;
  return strategy.validate(read).map(({ field, body }) => `${field}: ${body}`);
}

describe('policies and bindings', () => {
  it.each<[keyof typeof STRATEGIES, object, readonly string[]]>([
    ['vap', {}, []],
    ['vapb', {}, []],
    ['map', {}, []],
    ['mapb', {}, []],
    [
      'vap',
      { validations: [{ expression: 'true\n', message: ' ', messageExpression: ' ' }] },
      [
        'spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified',
        'spec.validations[0].message: Invalid value: " ": must be non-empty if specified',
      ],
    ],
    [
      'vap',
      { validations: [{ expression: ' 1' }] },
      ['spec.validations[0].expression: Invalid value: " 1": must evaluate to bool but got int'],
    ],
    [
      'vap',
      {
        validations: [{ expression: "'a'.find('a(') == ''" }],
        variables: [{ name: 'v', expression: "'a'.findAll('[')" }],
      },
      [
        'spec.variables[0].expression: Internal error: program instantiation failed: error parsing regexp: missing closing ]: `[`',
        'spec.validations[0].expression: Internal error: program instantiation failed: error parsing regexp: missing closing ): `a(`',
      ],
    ],
    [
      'vap',
      { paramKind: { apiVersion: '/', kind: 'A_b' } },
      [
        'spec.paramKind.apiVersion: Invalid value: "/": version must be specified',
        `spec.paramKind.kind: Invalid value: "A_b": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
      ],
    ],
    [
      'vapb',
      { validationActions: ['Odd', 'Deny', 'Deny'], paramRef: { name: 'x', selector: {} } },
      [
        'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.parameterNotFoundAction: Required value',
        'spec.validationActions[0]: Unsupported value: "Odd": supported values: "Audit", "Deny", "Warn"',
        'spec.validationActions[2]: Duplicate value: "Deny"',
      ],
    ],
    [
      'vapb',
      { paramRef: { parameterNotFoundAction: 'Odd' }, matchResources: { matchPolicy: 'Odd' } },
      [
        'spec.paramRef: Required value: one of name or selector must be specified',
        'spec.paramRef.parameterNotFoundAction: Unsupported value: "Odd": supported values: "Deny", "Allow"',
        'spec.matchResources.matchPolicy: Unsupported value: "Odd": supported values: "Equivalent", "Exact"',
      ],
    ],
    [
      'map',
      { matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] }, reinvocationPolicy: 'Odd' },
      [
        'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
        'spec.reinvocationPolicy: Unsupported value: "Odd": supported values: "IfNeeded", "Never"',
      ],
    ],
    [
      'map',
      {
        mutations: [
          { patchType: 'JSONPatch', jsonPatch: { expression: ' ' }, applyConfiguration: { expression: 'Object{}' } },
          { patchType: 'ApplyConfiguration', jsonPatch: { expression: '[]' } },
          { patchType: 'Odd', jsonPatch: { expression: '1' } },
          {},
          { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{ spec: 1' } },
        ],
      },
      [
        'spec.mutations[0].jsonPatch.expression: Required value',
        'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
        'spec.mutations[1].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration',
        'spec.mutations[1].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
        'spec.mutations[2].patchType: Unsupported value: "Odd": supported values: "ApplyConfiguration", "JSONPatch"',
        'spec.mutations[3].patchType: Required value',
        `spec.mutations[4].applyConfiguration.expression: Invalid value: "Object{ spec: 1": compilation failed: ERROR: <input>:1:16: Syntax error: mismatched input '<EOF>' expecting {'}', ','}\n | Object{ spec: 1\n | ...............^`,
      ],
    ],
    [
      'mapb',
      { matchResources: { resourceRules: [{ ...rule, operations: ['DELETE'] }] }, policyName: '' },
      [
        'spec.policyName: Required value',
        'spec.matchResources.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
      ],
    ],
  ])('%s %j', (kind, change, expected) => {
    expect(faults(kind, change)).toEqual(expected);
  });
});
