/** Numbers as Go prints them. @upstream Go strconv.FormatFloat */

/** The shortest form of %g: with an exponent from 1e+06 on and below 1e-04. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < EXPONENT_FROM) return plainDigits(value, digits, power);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const EXPONENT_FROM = 6;

function plainDigits(value: number, digits: string, power: number): string {
  if (power >= 0) return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  const bare = digits.replace('-', '').replace('.', '');
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(-power - 1)}${bare}`;
}
