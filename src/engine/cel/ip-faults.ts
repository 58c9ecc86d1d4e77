/** What Go says of a text that is no address. @upstream Go net/netip/netip.go ParseAddr, ParsePrefix */

const IPV4_FIELDS = 4;
const IPV6_BYTES = 16;
const quote = (text: string): string => JSON.stringify(text);
const at = (message: string, rest: string): string => `${message} (at ${quote(rest)})`;
const isDigit = (character: string | undefined): boolean => character !== undefined && /^\d$/.test(character);

function ipv4Fault(text: string): string | undefined {
  let fields = 1;
  let field = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (isDigit(character)) {
      if (field === '0') return 'IPv4 field has octet with leading zero';
      field += character;
      if (Number(field) > 255) return 'IPv4 field has value >255';
    } else if (character === '.') {
      if (index === 0 || index === text.length - 1 || text[index - 1] === '.')
        return at('IPv4 field must have at least one digit', text.slice(index));
      if (fields === IPV4_FIELDS) return 'IPv4 address too long';
      fields++;
      field = '';
    } else return at('unexpected character', text.slice(index));
  }
  return fields < IPV4_FIELDS ? 'IPv4 address too short' : undefined;
}

/** One group of hexadecimal digits. */
function groupFault(rest: string, digits: string): string | undefined {
  if (digits.length > 4) return at('each group must have 4 or less digits', rest);
  return digits === '' ? at('each colon-separated field must have at least one digit', rest) : undefined;
}

/** What has to stand behind a group. */
function separatorFault(rest: string): string | undefined {
  if (!rest.startsWith(':')) return at('unexpected character, want colon', rest);
  return rest.length === 1 ? at('colon must be followed by more characters', rest) : undefined;
}

function embeddedFault(rest: string, bytes: number, hasEllipsis: boolean): string | undefined {
  if (!hasEllipsis && bytes !== 12)
    return at('embedded IPv4 address must replace the final 2 fields of the address', rest);
  if (bytes + IPV4_FIELDS > IPV6_BYTES)
    return at('too many hex fields to fit an embedded IPv4 at the end of the address', rest);
  return ipv4Fault(rest);
}

function ipv6Fault(text: string): string | undefined {
  let hasEllipsis = text.startsWith('::');
  let rest = hasEllipsis ? text.slice(2) : text;
  let bytes = 0;
  if (hasEllipsis && rest === '') return undefined;
  while (bytes < IPV6_BYTES) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    const fault = groupFault(rest, digits);
    if (fault !== undefined) return fault;
    if (rest[digits.length] === '.') {
      const embedded = embeddedFault(rest, bytes, hasEllipsis);
      if (embedded !== undefined) return embedded;
      rest = '';
      bytes += IPV4_FIELDS;
      break;
    }
    bytes += 2;
    rest = rest.slice(digits.length);
    if (rest === '') break;
    const wrong = separatorFault(rest);
    if (wrong !== undefined) return wrong;
    rest = rest.slice(1);
    if (!rest.startsWith(':')) continue;
    if (hasEllipsis) return at('multiple :: in address', rest);
    hasEllipsis = true;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return at('trailing garbage after address', rest);
  if (bytes < IPV6_BYTES) return hasEllipsis ? undefined : 'address string too short';
  return hasEllipsis ? 'the :: must expand to at least one field of zeros' : undefined;
}

function faultOf(text: string): string | undefined {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === '.') return ipv4Fault(text);
  if (first === '%') return 'missing IPv6 address';
  if (first === undefined) return 'unable to parse IP';
  const zone = text.indexOf('%');
  if (zone === text.length - 1) return 'zone must be a non-empty string';
  return ipv6Fault(zone < 0 ? text : text.slice(0, zone));
}

/** Why the text is no address; undefined when it is one, perhaps with a zone. */
export function addressFault(text: string): string | undefined {
  const fault = faultOf(text);
  return fault === undefined ? undefined : `ParseAddr(${quote(text)}): ${fault}`;
}

/** Why the text is no block of addresses. */
export function prefixFault(text: string): string | undefined {
  const slash = text.lastIndexOf('/');
  const says = (why: string): string => `netip.ParsePrefix(${quote(text)}): ${why}`;
  if (slash < 0) return says("no '/'");
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  const fault = addressFault(address);
  if (fault !== undefined) return says(fault);
  if (address.includes('%')) return says('IPv6 zones cannot be present in a prefix');
  if (!/^(?:[1-9]\d*|\d)$/.test(bits)) return says(`bad bits after slash: ${quote(bits)}`);
  return Number(bits) > (address.includes(':') ? 128 : 32) ? says('prefix length out of range') : undefined;
}
