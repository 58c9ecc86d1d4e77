/**
 * Commands that exist upstream and not here: they say so.
 * @fidelity none: autoscale, cp, debug, port-forward, proxy, kustomize, completion, plugins
 */
import type { Command } from '../cobra/command.ts';
import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';

const refused = (
  name: string,
  group: string,
  short: string,
  words = `kubectl ${name} is not supported yet`,
): Command => ({
  name,
  group,
  short,
  acceptsNoArgs: true,
  run: async () => {
    throw new CommandError(words);
  },
});

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

const completion: Command = {
  name: 'completion',
  group: 'Settings Commands',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  use: 'SHELL',
  run: async (session: Session) => {
    const [shell, ...rest] = session.args;
    if (shell === undefined) throw session.usage('Shell not specified.');
    if (rest.length > 0) throw session.usage('Too many arguments. Expected only the shell type.');
    if (!SHELLS.includes(shell)) throw session.usage(`Unsupported shell type ${JSON.stringify(shell)}.`);
    throw new CommandError('completion scripts are not supported yet');
  },
};

const plugin: Command = {
  name: 'plugin',
  group: 'Other Commands',
  short: 'Provides utilities for interacting with plugins',
  use: '[flags]',
  subcommands: [
    {
      name: 'list',
      short: "List all visible plugin executables on a user's PATH",
      run: async () => {
        throw new CommandError('unable to find any kubectl plugins in your PATH');
      },
    },
  ],
};

const alpha: Command = {
  name: 'alpha',
  short: 'Commands for features in alpha',
  group: 'Other Commands',
  run: async (session) => {
    session.err('No alpha commands are available in this version of kubectl\n');
  },
};

export const REFUSED = {
  autoscale: refused(
    'autoscale',
    'Deploy Commands',
    'Auto-scale a deployment, replica set, stateful set, or replication controller',
  ),
  portForward: refused(
    'port-forward',
    'Troubleshooting and Debugging Commands',
    'Forward one or more local ports to a pod',
  ),
  proxy: refused('proxy', 'Troubleshooting and Debugging Commands', 'Run a proxy to the Kubernetes API server'),
  cp: refused('cp', 'Troubleshooting and Debugging Commands', 'Copy files and directories to and from containers'),
  debug: refused(
    'debug',
    'Troubleshooting and Debugging Commands',
    'Create debugging sessions for troubleshooting workloads and nodes',
  ),
  kustomize: refused('kustomize', 'Advanced Commands', 'Build a kustomization target from a directory or URL'),
  completion,
  alpha,
  plugin,
};
