/** Deep comparison with the recorder's normalisation, which is described in the recordings' own README. */

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const AUTO_ASSIGNED = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort']);

/** Ages depend on when the recorder looked. */
const AGE_CELL = /rows\[\d+\]\.cells\[\d+\]$/;
const DURATION = /^(\d+[smhdy])+$/;

export interface Recorded {
  /** The text of the request and of what was sent before it: values the client chose are compared as they are. */
  readonly said: string;
  /** Names the server made up in the recording. */
  readonly generated?: readonly string[];
  /** `<rv:1>` … by first appearance instead of `<rv>`. */
  readonly numberedVersions?: boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The answer of ours in the form of the recording. */
export function normalise(value: unknown, recorded: Recorded): unknown {
  const versions = new Map<string, string>();
  const version = (text: string) => {
    if (!recorded.numberedVersions) return '<rv>';
    let name = versions.get(text);
    if (!name) {
      name = `<rv:${versions.size + 1}>`;
      versions.set(text, name);
    }
    return name;
  };
  const text = (raw: string, key: string): string => {
    if (key === 'resourceVersion' && /^\d+$/.test(raw) && raw !== '0' && !recorded.said.includes(`"${raw}"`))
      return version(raw);
    if (key === 'continue' && raw !== '') return '<continue>';
    if (key === 'token' && raw !== '' && !recorded.said.includes(raw)) return '<token>';
    return raw
      .replace(UUID, (uuid) => (recorded.said.includes(uuid) ? uuid : '<uid>'))
      .replace(TIME, (time) => (recorded.said.includes(time) ? time : '<time>'))
      .replace(
        /(resource ?[vV]ersion:? ?(?:\(RV\))?:? ?"?|, current: |ResourceVersion in record \(|too old resource version: \d+ \()(\d{2,})/g,
        (whole, head: string, digits: string) => (recorded.said.includes(digits) ? whole : `${head}<rv>`),
      );
  };
  const walk = (node: unknown, key: string): unknown => {
    if (typeof node === 'string') return text(node, key);
    if (Array.isArray(node)) return node.map((item) => walk(item, key));
    if (!isRecord(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([name, child]) => [text(name, ''), walk(child, name)]));
  };
  return walk(value, '');
}

/** Rules of a review come in the order of a Go map. */
export function withoutRuleOrder(body: unknown): unknown {
  if (!isRecord(body) || body.kind !== 'SelfSubjectRulesReview' || !isRecord(body.status)) return body;
  const sorted = (rules: unknown) =>
    Array.isArray(rules)
      ? rules
          .map((rule) => JSON.stringify(sortedKeys(rule)))
          .sort()
          .map((rule) => JSON.parse(rule))
      : rules;
  const { resourceRules, nonResourceRules } = body.status;
  const status = {
    ...body.status,
    resourceRules: sorted(resourceRules),
    nonResourceRules: sorted(nonResourceRules),
  };
  return { ...body, status };
}

const sortedKeys = (rule: object) => Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The first place where two values differ, or undefined. Key order aside. */
export function firstDifference(expected: unknown, actual: unknown, recorded: Recorded, path = ''): string | undefined {
  if (typeof expected === 'string' && typeof actual === 'string') {
    if (AGE_CELL.test(path) && DURATION.test(expected) && DURATION.test(actual)) return undefined;
    return sameText(expected, actual, recorded.generated ?? []) ? undefined : differ(path, expected, actual);
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
      const found =
        i < expected.length && i < actual.length
          ? firstDifference(expected[i], actual[i], recorded, `${path}[${i}]`)
          : differ(`${path}[${i}]`, expected[i], actual[i]);
      if (found) return found;
    }
    return undefined;
  }
  if (isRecord(expected) && isRecord(actual)) return recordDifference(expected, actual, recorded, path);
  return Object.is(expected, actual) ? undefined : differ(path, expected, actual);
}

function recordDifference(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  recorded: Recorded,
  path: string,
): string | undefined {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [want, got] = [expected[key], actual[key]];
    const where = path ? `${path}.${key}` : key;
    if (AUTO_ASSIGNED.has(key) && want !== undefined && got !== undefined && assigned(want, recorded)) {
      if (typeof want !== typeof got || Array.isArray(want) !== Array.isArray(got)) return differ(where, want, got);
      continue;
    }
    const found =
      key in expected && key in actual ? firstDifference(want, got, recorded, where) : differ(where, want, got);
    if (found) return found;
  }
  return undefined;
}

/** A value the server chose: the request did not name it. */
function assigned(value: unknown, recorded: Recorded): boolean {
  const one = Array.isArray(value) ? value[0] : value;
  return one !== 'None' && one !== '' && !recorded.said.includes(String(one));
}

/** Names and keys that no two clusters share. */
const withoutChance = (text: string): string =>
  text.startsWith('-----BEGIN CERTIFICATE-----')
    ? '<certificate>'
    : text
        .replace(/kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}/g, 'kube-api-access-*')
        // Objects inside messages, and YAML.
        .replace(/(resourceVersion(?:\\*": *\\*"|: "))\d+/g, '$1<rv>');

function sameText(expected: string, actual: string, generated: readonly string[]): boolean {
  if (expected === actual || withoutChance(expected) === withoutChance(actual)) return true;
  const names = generated.filter((name) => expected.includes(name));
  if (names.length === 0) return false;
  let pattern = expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  for (const name of names) {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    pattern = pattern.replaceAll(escaped, `${escaped.slice(0, -5)}[bcdfghjklmnpqrstvwxz2456789]{5}`);
  }
  return new RegExp(`^${pattern}$`, 's').test(actual);
}

function differ(path: string, expected: unknown, actual: unknown): string {
  const show = (value: unknown) => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value);
    return text.length > 300 ? `${text.slice(0, 300)}…` : text;
  };
  return `${path || 'answer'}: expected ${show(expected)}, got ${show(actual)}`;
}
