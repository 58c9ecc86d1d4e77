import { beforeAll, describe, expect, it } from 'vitest';
import type { FieldError } from '#engine/apimachinery';
import * as cel from '#engine/cel';
import { loadCel } from '../../cel-library.ts';
import { checkDeviceExpression, deviceEnvironment } from './device-selectors.ts';

beforeAll(() => loadCel(() => Promise.resolve(cel as never)));

const faults = (expression: string): readonly string[] => {
  const errors: FieldError[] = [];
  checkDeviceExpression(errors, 'x', expression);
  return errors.map(({ body }) => body);
};
const DOMAIN = 'device.attributes["dra.example.com"]';

describe('costs of selectors are the figures of upstream', () => {
  it.each([
    ['"no-such-domain" in device.attributes', 3],
    ['device.driver == ""', 2],
    ['device.driver == "dra.example.com"', 4],
    [`${DOMAIN}.name`, 4],
    [`${DOMAIN}["name"]`, 4],
    [`cel.bind(dra, ${DOMAIN}, dra.name)`, 15],
    [`${DOMAIN}.name > 0`, 5],
    [`${DOMAIN}.name == "fish"`, 5],
    [`${DOMAIN}.name.isGreaterThan(semver("0.0.1"))`, 6],
    [`${DOMAIN}.name.isGreaterThan(semver("v0.0.1", true)) && isSemver("v1.0.0", true)`, 7],
    ['device.capacity["dra.example.com"].name.isGreaterThan(quantity("1Ki"))', 6],
    [
      '"name" in device.capacity["dra.example.com"] && device.capacity["dra.example.com"].name.isGreaterThan(quantity("1Ki"))',
      10,
    ],
    [
      '!("name" in device.capacity["dra.example.com"]) || device.capacity["dra.example.com"].name.isGreaterThan(quantity("1Ki"))',
      11,
    ],
    [`${DOMAIN}.a && ${DOMAIN}.b && ${DOMAIN}.c`, 12],
    ['device.attributes.exists_one(x, x == "dra.example.com")', 164],
    [`${DOMAIN}.exists_one(x, x == "services")`, 133],
    [`${DOMAIN}.services.split("example").size() >= 2`, 19],
    [`${DOMAIN}.services.matches("[^a]?sym")`, 18],
    ['device.capacity.exists_one(x, x == "dra.example.com")', 164],
    ['device.capacity["dra.example.com"].exists_one(x, x == "memory")', 133],
    ['device.allowMultipleAllocations == true', 3],
  ])('%s', (expression, cost) => {
    const compiled = cel.compile(expression, deviceEnvironment());
    expect('program' in compiled ? compiled.program.cost.max : compiled.error).toBe(cost);
    expect(faults(expression)).toEqual([]);
  });
});

describe('a selector is refused', () => {
  const all = (inner: string, names: readonly string[]): string =>
    names.reduceRight((body, name) => `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(${name}, ${body})`, inner);
  it.each([
    ['1', 'Invalid value: "1": must evaluate to bool or the unknown type, not int'],
    [
      'device.attributes',
      'Invalid value: "device.attributes": must evaluate to bool or the unknown type, not map(string, map(string, google.protobuf.Any))',
    ],
    [
      all("int('1'.find('[0-9]*')) < 100", ['a', 'b', 'c', 'd', 'e', 'f', 'g']),
      'Forbidden: too complex, exceeds cost limit',
    ],
    ['x'.repeat(10241), 'Too long: may not be more than 10240 bytes'],
  ])('%s', (expression, fault) => {
    expect(faults(expression)).toEqual([fault]);
  });

  it('that goes over a single value, or asks for what devices have not', () => {
    expect(faults(`${DOMAIN}.names.exists(x, x > 0)`)[0]).toContain(
      "expression of type 'any' cannot be range of a comprehension (must be list, map, or dynamic)",
    );
    expect(faults('device.nope')[0]).toContain("undefined field 'nope'");
    expect(faults(`${DOMAIN}.name.includes("fish")`)[0]).toContain("undeclared reference to 'includes'");
  });
});
