import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  formatQuantity,
  parseQuantity,
  quantityFromMilliValue,
  quantityMilliValue,
  quantityValue,
  roundUpQuantity,
  subQuantity,
} from './quantity.ts';

describe('quantity', () => {
  it.each([
    ['0', '0'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1.5', '1500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000Ki', '1000Ki'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['12e4', '120e3'],
    ['1E', '1E'],
    ['-1', '-1'],
    ['+5', '5'],
    ['.5Gi', '512Mi'],
    ['5.', '5'],
    ['100000', '100k'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['0Gi', '0'],
    ['9223372036854775808Ki', '9223372036854775807'],
  ])('%s is %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));

  const format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  it.each([
    ['', format],
    ['1 Gi', format],
    ['x', format],
    ['1GB', format],
    ['1e', "unable to parse quantity's suffix"],
    ['1Kii', "unable to parse quantity's suffix"],
    ['.', 'unable to parse numeric part of quantity'],
  ])('%j is refused', (text, message) => expect(() => parseQuantity(text)).toThrow(message));

  it('rounds values away from zero', () => {
    expect(quantityValue('1500m')).toBe(2);
    expect(quantityValue('-1500m')).toBe(-2);
    expect(quantityMilliValue('100u')).toBe(1);
    expect(quantityValue('2Gi')).toBe(2147483648);
    expect(formatQuantity(roundUpQuantity('100.1m', -3))).toBe('101m');
  });

  it('adds and subtracts in the format of the first that is not zero', () => {
    expect(formatQuantity(addQuantity('1Gi', '1'))).toBe('1073741825');
    expect(formatQuantity(addQuantity('0', '1Gi'))).toBe('1Gi');
    expect(formatQuantity(subQuantity('1', '100m'))).toBe('900m');
    expect(compareQuantity('1000m', '1')).toBe(0);
    expect(compareQuantity('1Mi', '1M')).toBeGreaterThan(0);
  });

  const text = fc
    .tuple(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3', 'E2'),
    )
    .map(([number, suffix]) => `${number}${suffix}`);

  it('canonical forms keep the value and are stable', () => {
    fc.assert(
      fc.property(text, (quantity) => {
        const canonical = canonicalQuantity(quantity);
        expect(compareQuantity(canonical, quantity)).toBe(0);
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });

  it('sums as integers of thousandths', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const sum = addQuantity(quantityFromMilliValue(a), quantityFromMilliValue(b));
        expect(quantityMilliValue(sum)).toBe(a + b);
        expect(quantityMilliValue(formatQuantity(sum))).toBe(a + b);
      }),
    );
  });
});
