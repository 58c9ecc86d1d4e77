/**
 * What may be a label's key and value, as faults in upstream's words; none means valid.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go
 */
const isAlphanumeric = (code: number) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]` without a regular expression: labels are checked all the time. */
function isName(text: string): boolean {
  if (text === '' || !isAlphanumeric(text.charCodeAt(0)) || !isAlphanumeric(text.charCodeAt(text.length - 1)))
    return false;
  for (let i = 1; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (!isAlphanumeric(code) && code !== 45 && code !== 46 && code !== 95) return false;
  }
  return true;
}

/** In bytes of UTF-8, which only a faulty text has more of than characters. */
const isLonger = (text: string, most: number): boolean =>
  text.length > most || (text.length * 3 > most && new TextEncoder().encode(text).length > most);

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const validNames = new Set<string>();

/** `name` or `prefix/name`: label and annotation keys, resource names. */
export function isQualifiedName(text: string): readonly string[] {
  if (validNames.has(text)) return [];
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  const faults: string[] = [];
  if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    if (prefix === '') faults.push('prefix part must be non-empty');
    else {
      if (isLonger(prefix, 253)) faults.push('prefix part must be no more than 253 bytes');
      if (!SUBDOMAIN.test(prefix)) {
        faults.push(
          "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        );
      }
    }
  }
  if (name === '') faults.push('name part must be non-empty');
  else if (isLonger(name, 63)) faults.push('name part must be no more than 63 bytes');
  if (!isName(name)) {
    faults.push(
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    );
  }
  if (faults.length === 0 && validNames.size < 1000) validNames.add(text);
  return faults;
}

export function isValidLabelValue(text: string): readonly string[] {
  const faults: string[] = [];
  const named = text === '' || isName(text);
  if (named ? text.length > 63 : isLonger(text, 63)) faults.push('must be no more than 63 bytes');
  if (!named) {
    faults.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    );
  }
  return faults;
}
