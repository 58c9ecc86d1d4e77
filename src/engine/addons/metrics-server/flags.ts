/** metrics-server's command line. @upstream sigs.k8s.io/metrics-server cmd/metrics-server/app/options */
import { DurationSyntaxError, parseGoDuration } from '#engine/apimachinery';
import type { Millis } from '#engine/sim';

export interface MetricsServerFlags {
  readonly resolutionMs: Millis;
  readonly securePort: number;
  readonly addressTypes: readonly string[];
  readonly useNodeStatusPort: boolean;
  readonly kubeletPort: number;
}

/** The command line cannot be understood: the words after `Error: `. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

const LEAST_RESOLUTION_MS = 10_000;
const ADDRESS_TYPES = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'];

/** Flags whose value nothing here depends on. */
const IGNORED = [
  'cert-dir',
  'bind-address',
  'tls-cert-file',
  'tls-private-key-file',
  'kubeconfig',
  'authentication-kubeconfig',
  'authorization-kubeconfig',
  'requestheader-client-ca-file',
  'requestheader-allowed-names',
  'requestheader-username-headers',
  'requestheader-group-headers',
  'requestheader-extra-headers-prefix',
  'kubelet-certificate-authority',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'kubelet-request-timeout',
  'kubelet-insecure-tls',
  'deprecated-kubelet-completely-insecure',
  'logging-format',
  'tls-min-version',
  'tls-cipher-suites',
  'v',
  'profiling',
  'contention-profiling',
  'node-selector',
];

const isTrue = (text: string | undefined): boolean => text === undefined || /^(1|t|true)$/i.test(text);
const BOOLEANS = ['kubelet-use-node-status-port', 'kubelet-insecure-tls', 'deprecated-kubelet-completely-insecure'];

function read(args: readonly string[]): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (let i = 0; i < args.length; i++) {
    const [, name = '', value] = /^--?([^=]+)(?:=(.*))?$/.exec(args[i] as string) ?? [];
    if (name === '') continue;
    const known = IGNORED.includes(name) || name in READERS;
    if (!known) throw new FlagError(`unknown flag: --${name}`);
    const next = value === undefined && !BOOLEANS.includes(name) ? args[++i] : value;
    if (next === undefined && !BOOLEANS.includes(name)) throw new FlagError(`flag needs an argument: --${name}`);
    values.set(name, next);
  }
  return values;
}

const READERS = {
  'metric-resolution': '',
  'secure-port': '',
  'kubelet-preferred-address-types': '',
  'kubelet-use-node-status-port': '',
  'kubelet-port': '',
};

function duration(text: string): Millis {
  try {
    return parseGoDuration(text);
  } catch (error) {
    if (!(error instanceof DurationSyntaxError)) throw error;
    const why = `time: invalid duration ${JSON.stringify(text)}`;
    throw new FlagError(`invalid argument ${JSON.stringify(text)} for "--metric-resolution" flag: ${why}`);
  }
}

/** Throws FlagError. */
export function parseFlags(args: readonly string[]): MetricsServerFlags {
  const values = read(args);
  const text = values.get('metric-resolution') ?? '1m0s';
  const resolutionMs = duration(text);
  if (resolutionMs < LEAST_RESOLUTION_MS) {
    throw new FlagError(`metric-resolution should be a time duration at least 10s, but value ${text} provided`);
  }
  return {
    resolutionMs,
    securePort: Number(values.get('secure-port') ?? 10_250),
    addressTypes: values.get('kubelet-preferred-address-types')?.split(',') ?? ADDRESS_TYPES,
    useNodeStatusPort: values.has('kubelet-use-node-status-port') && isTrue(values.get('kubelet-use-node-status-port')),
    kubeletPort: Number(values.get('kubelet-port') ?? 10_250),
  };
}
