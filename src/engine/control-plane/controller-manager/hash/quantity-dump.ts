/** How Go holds a resource.Quantity in memory after reading it: the template hash sees it. @upstream staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go */
import { canonicalQuantity } from '#engine/apimachinery';

const DECIMAL: { readonly [suffix: string]: number } = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: { readonly [suffix: string]: number } = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const MAX_INT64 = (1n << 63n) - 1n;

interface Parts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

function split(text: string): Parts {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/s.exec(text);
  const [, sign, whole = '', fraction = '', suffix = ''] = match ?? [];
  const binary = BINARY[suffix];
  const decimal = DECIMAL[suffix];
  const number = { negative: sign === '-', whole: whole.replace(/^0+(?=\d)/, ''), fraction };
  if (binary !== undefined) return { ...number, exponent: binary, format: 'BinarySI' };
  if (decimal !== undefined) return { ...number, exponent: decimal, format: 'DecimalSI' };
  return { ...number, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
}

const compose = (value: bigint, scale: number, dec: string, text: string, format: string) =>
  `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)${dec}} s:(string)${text} Format:(resource.Format)${format}}`;

/** The dump of a Quantity without its type. Texts are first brought to the canonical form in which the server stores them. */
export function dumpQuantity(given: string | number): string {
  const text = canonicalQuantity(String(given));
  if (text === '0') return compose(0n, 0, '<nil>', '0', 'DecimalSI');
  const { negative, whole, fraction, exponent, format } = split(text);
  const binary = format === 'BinarySI';
  const precision = binary
    ? fraction === ''
      ? 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1
      : -1
    : 18 - whole.length - fraction.length;
  const scale = (binary ? 0 : exponent) - fraction.length;
  const digits = whole + fraction;
  if (precision >= 0 && scale >= -9) {
    const value = BigInt(digits);
    const amount = (negative ? -value : value) * (binary ? 1n << BigInt(exponent) : 1n);
    // Go keeps the text only when it can tell cheaply that it is canonical.
    const canonical = binary ? value % 8n !== 0n : scale % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0';
    return compose(amount, scale, '<nil>', canonical ? text : '', format);
  }
  return compose(0n, 0, dumpDecimal(BigInt(digits), negative, binary ? exponent : 0, binary ? 0 : -scale), '', format);
}

/** An inf.Dec: what does not fit in an int64 with enough room. */
function dumpDecimal(digits: bigint, negative: boolean, shift: number, scale: number): string {
  let unscaled = digits << BigInt(shift);
  if (scale === 0 && unscaled > MAX_INT64) unscaled = MAX_INT64;
  const words: bigint[] = [];
  for (let rest = unscaled; rest > 0n; rest >>= 64n) words.push(rest & 0xffff_ffff_ffff_ffffn);
  return `{unscaled:(big.Int){neg:(bool)${negative} abs:(big.nat)[${words.join(' ')}]} scale:(inf.Scale)${scale}}`;
}
