/**
 * kubectl config
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/config
 * @fidelity full
 */
import type { Command } from '../cobra/command.ts';
import { PRINT_FLAGS } from '../flag-sets.ts';
import {
  currentContext,
  deleteStanza,
  getContexts,
  getNames,
  renameContext,
  setCluster,
  setContext,
  setCredentials,
  setProperty,
  unsetProperty,
  useContext,
} from './config-change.ts';
import { configView } from './config-view.ts';

export const configCommand: Command = {
  name: 'config',
  group: 'Other Commands',
  short: 'Modify kubeconfig files',
  long: `Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".

 Files are looked for in this order: the one of --kubeconfig; those listed in $KUBECONFIG, merged; ~/.kube/config.`,
  use: 'SUBCOMMAND',
  subcommands: [
    { name: 'current-context', short: 'Display the current-context', run: currentContext },
    {
      name: 'delete-cluster',
      short: 'Delete the specified cluster from the kubeconfig',
      use: 'NAME',
      run: (session) => deleteStanza(session, 'clusters', 'cluster'),
    },
    {
      name: 'delete-context',
      short: 'Delete the specified context from the kubeconfig',
      use: 'NAME',
      run: (session) => deleteStanza(session, 'contexts', 'context'),
    },
    {
      name: 'delete-user',
      short: 'Delete the specified user from the kubeconfig',
      use: 'NAME',
      run: (session) => deleteStanza(session, 'users', 'user'),
    },
    {
      name: 'get-clusters',
      short: 'Display clusters defined in the kubeconfig',
      run: (session) => getNames(session, 'clusters'),
    },
    {
      name: 'get-contexts',
      short: 'Describe one or many contexts',
      use: '[(-o|--output=)name)]',
      flags: [
        { name: 'no-headers', kind: 'bool', usage: 'Print no header.' },
        { name: 'output', short: 'o', kind: 'string', usage: 'name or nothing.' },
      ],
      run: getContexts,
    },
    {
      name: 'get-users',
      short: 'Display users defined in the kubeconfig',
      run: (session) => getNames(session, 'users'),
    },
    {
      name: 'rename-context',
      short: 'Rename a context from the kubeconfig file',
      use: 'CONTEXT_NAME NEW_NAME',
      run: renameContext,
    },
    {
      name: 'set',
      short: 'Set an individual value in a kubeconfig file',
      use: 'PROPERTY_NAME PROPERTY_VALUE',
      flags: [{ name: 'set-raw-bytes', kind: 'bool', usage: 'The value of a binary field is not base64.' }],
      run: setProperty,
    },
    {
      name: 'set-cluster',
      short: 'Set a cluster entry in kubeconfig',
      use: 'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
      flags: [
        { name: 'embed-certs', kind: 'bool', usage: 'Put the certificates into the file.' },
        { name: 'proxy-url', kind: 'string', usage: 'Proxy to the server.' },
      ],
      run: setCluster,
    },
    {
      name: 'set-context',
      short: 'Set a context entry in kubeconfig',
      use: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
      flags: [{ name: 'current', kind: 'bool', usage: 'Change the current context.' }],
      run: setContext,
    },
    {
      name: 'set-credentials',
      short: 'Set a user entry in kubeconfig',
      use: 'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password]',
      flags: [
        { name: 'auth-provider', kind: 'string', usage: 'Authentication provider.' },
        { name: 'auth-provider-arg', kind: 'strings', usage: 'key=value for the provider.' },
        { name: 'embed-certs', kind: 'bool', usage: 'Put the certificates into the file.' },
        { name: 'exec-api-version', kind: 'string', usage: 'API version of the exec credential plugin.' },
        { name: 'exec-arg', kind: 'strings', usage: 'Arguments of the plugin.' },
        { name: 'exec-command', kind: 'string', usage: 'Command of the plugin.' },
        { name: 'exec-env', kind: 'stringArray', usage: 'key=value for the environment of the plugin.' },
        { name: 'exec-interactive-mode', kind: 'string', usage: 'Whether the plugin may ask.' },
        { name: 'exec-provide-cluster-info', kind: 'bool', usage: 'Tell the plugin about the cluster.' },
      ],
      run: setCredentials,
    },
    {
      name: 'unset',
      short: 'Unset an individual value in a kubeconfig file',
      use: 'PROPERTY_NAME',
      run: unsetProperty,
    },
    {
      name: 'use-context',
      aliases: ['use'],
      short: 'Set the current-context in a kubeconfig file',
      use: 'CONTEXT_NAME',
      run: useContext,
    },
    {
      name: 'view',
      short: 'Display merged kubeconfig settings or a specified kubeconfig file',
      flags: [
        ...PRINT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'yaml' } : flag)),
        { name: 'flatten', kind: 'bool', usage: 'Put what files hold into the output.' },
        { name: 'merge', kind: 'bool', default: 'true', usage: 'Merge all files.' },
        { name: 'minify', kind: 'bool', usage: 'Only what the current context uses.' },
        { name: 'raw', kind: 'bool', usage: 'Show secrets and certificates.' },
      ],
      run: configView,
    },
  ],
};
