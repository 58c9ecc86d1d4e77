/** Flags that many commands share. */
import type { FlagSpec } from './cobra/flags.ts';

export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'as', kind: 'string', usage: 'Act as this user.' },
  { name: 'as-group', kind: 'stringArray', usage: 'Act as a member of this group; may be repeated.' },
  { name: 'as-uid', kind: 'string', usage: 'Act as the user with this UID.' },
  { name: 'as-user-extra', kind: 'stringArray', usage: 'Extra of the user to act as (key=value); may be repeated.' },
  {
    name: 'cache-dir',
    kind: 'string',
    default: '$HOME/.kube/cache',
    usage: 'Where discovery would be cached; nothing is cached here.',
  },
  { name: 'certificate-authority', kind: 'string', usage: "File with the certificates that vouch for the server's." },
  { name: 'client-certificate', kind: 'string', usage: 'File with the client certificate.' },
  { name: 'client-key', kind: 'string', usage: 'File with the key of the client certificate.' },
  { name: 'cluster', kind: 'string', usage: 'The cluster of the kubeconfig to use.' },
  { name: 'context', kind: 'string', usage: 'The context of the kubeconfig to use.' },
  { name: 'disable-compression', kind: 'bool', usage: 'Ask the server not to compress.' },
  { name: 'insecure-skip-tls-verify', kind: 'bool', usage: "Do not check the server's certificate." },
  { name: 'kubeconfig', kind: 'string', usage: 'The kubeconfig file to use.' },
  { name: 'kuberc', kind: 'string', usage: 'Preferences file; not read here.' },
  { name: 'log-flush-frequency', kind: 'logDuration', default: '5s', usage: 'Time between flushes of the log.' },
  { name: 'match-server-version', kind: 'bool', usage: 'Refuse to talk to a server of another version.' },
  { name: 'namespace', short: 'n', kind: 'string', usage: 'The namespace of this request.' },
  { name: 'password', kind: 'string', usage: 'Password for basic authentication.' },
  { name: 'profile', kind: 'string', default: 'none', usage: 'Profile to capture; only none is possible here.' },
  { name: 'profile-output', kind: 'string', default: 'profile.pprof', usage: 'File of the profile.' },
  {
    name: 'request-timeout',
    kind: 'string',
    default: '0',
    usage: 'How long one request may take (1s, 2m, 3h); 0 is for ever.',
  },
  { name: 'server', short: 's', kind: 'string', usage: 'Address and port of the API server.' },
  { name: 'tls-server-name', kind: 'string', usage: "Name to look for in the server's certificate." },
  { name: 'token', kind: 'string', usage: 'Bearer token for the API server.' },
  { name: 'user', kind: 'string', usage: 'The user of the kubeconfig to use.' },
  { name: 'username', kind: 'string', usage: 'Name for basic authentication.' },
  { name: 'v', short: 'v', kind: 'int', default: '0', usage: 'How much to log.' },
  { name: 'vmodule', kind: 'string', usage: 'Log levels by source file; not used here.' },
  { name: 'warnings-as-errors', kind: 'bool', usage: 'A warning of the server makes the command fail.' },
];

export const HELP_FLAG: FlagSpec = { name: 'help', short: 'h', kind: 'bool', usage: 'Show help.', hidden: true };

export const FILE_FLAGS: readonly FlagSpec[] = [
  { name: 'filename', short: 'f', kind: 'strings', usage: 'Files or directories with the resources, or - for stdin.' },
  { name: 'kustomize', short: 'k', kind: 'string', usage: 'A directory with a kustomization.' },
  { name: 'recursive', short: 'R', kind: 'bool', usage: 'Look into the subdirectories of -f too.' },
];

export const OUTPUT_FLAG: FlagSpec = { name: 'output', short: 'o', kind: 'string', usage: 'Output format.' };

export const PRINT_FLAGS: readonly FlagSpec[] = [
  OUTPUT_FLAG,
  {
    name: 'allow-missing-template-keys',
    kind: 'bool',
    default: 'true',
    usage: 'Keys that are missing in a template are no error.',
  },
  { name: 'show-managed-fields', kind: 'bool', usage: 'Keep managedFields in JSON and YAML.' },
  { name: 'template', kind: 'string', usage: 'Template text or file for the template formats.' },
];

export const DRY_RUN_FLAG: FlagSpec = {
  name: 'dry-run',
  kind: 'string',
  default: 'none',
  noValue: 'unchanged',
  usage: 'none, client (only print what would be sent) or server (send it without keeping it).',
};

export const SELECTOR_FLAG: FlagSpec = { name: 'selector', short: 'l', kind: 'string', usage: 'Labels to select by.' };
export const FIELD_SELECTOR_FLAG: FlagSpec = { name: 'field-selector', kind: 'string', usage: 'Fields to select by.' };
export const ALL_NAMESPACES_FLAG: FlagSpec = {
  name: 'all-namespaces',
  short: 'A',
  kind: 'bool',
  usage: 'Look into all namespaces.',
};
export const CHUNK_FLAG: FlagSpec = {
  name: 'chunk-size',
  kind: 'int64',
  default: '500',
  usage: 'Ask for lists in pieces of this size; 0 for the whole.',
};

export const fieldManagerFlag = (manager: string): FlagSpec => ({
  name: 'field-manager',
  kind: 'string',
  default: manager,
  usage: 'Name under which the fields are owned.',
});

export const VALIDATE_FLAG: FlagSpec = {
  name: 'validate',
  kind: 'string',
  default: 'strict',
  noValue: 'strict',
  usage: 'strict (or true): unknown fields fail; warn: they are warned about; ignore (or false): they are dropped.',
};
export const SAVE_CONFIG_FLAG: FlagSpec = {
  name: 'save-config',
  kind: 'bool',
  usage: 'Keep the configuration in an annotation for later applies.',
};
