import { expect, test } from 'vitest';
import { causesOf, fieldOfWarning } from './refusal.ts';

test.each([
  [
    {
      message: 'Deployment.apps "x" is invalid: …',
      details: {
        causes: [{ field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' }],
      },
    },
    [['spec.replicas', 'Invalid value: -1: must be greater than or equal to 0']],
  ],
  [
    { message: 'strict decoding error: unknown field "spec.foo", duplicate field "spec.bar[0].x"' },
    [
      ['spec.foo', 'unknown field "spec.foo"'],
      ['spec.bar[0].x', 'duplicate field "spec.bar[0].x"'],
    ],
  ],
  [
    {
      message:
        'failed to create typed patch object (default/x; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema',
    },
    [['.spec.foo', 'field not declared in schema']],
  ],
  [
    {
      message:
        'failed to create typed patch object (default/x; /v1, Kind=Pod): errors:\n  .spec.containers[name="a"].imag: field not declared in schema\n  .spec.x: field not declared in schema',
    },
    [
      ['.spec.containers[name="a"].imag', 'field not declared in schema'],
      ['.spec.x', 'field not declared in schema'],
    ],
  ],
  [
    { message: 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32' },
    [['spec.replicas', 'cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32']],
  ],
  [{ message: 'namespaces "x" not found' }, [['', 'namespaces "x" not found']]],
])('%j', (status, causes) => expect(causesOf(status).map(({ field, message }) => [field, message])).toEqual(causes));

test.each([
  ['unknown field "spec.foo"', 'spec.foo'],
  ['spec.template.spec.containers[0].ports[1]: duplicate port', 'spec.template.spec.containers[0].ports[1]'],
  ['something else', ''],
])('the field of %j', (warning, field) => expect(fieldOfWarning(warning)).toBe(field));
