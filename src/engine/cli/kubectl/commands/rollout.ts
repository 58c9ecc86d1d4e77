/**
 * kubectl rollout: status, history, undo, restart, pause, resume.
 * @fidelity full
 */
import type { Command } from '../cobra/command.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { pause, restart, resume } from './rollout-change.ts';
import { history } from './rollout-history.ts';
import { status } from './rollout-status.ts';
import { undo } from './rollout-undo.ts';

const COMMON = [...FILE_FLAGS, SELECTOR_FLAG];
const CHANGE = [...PRINT_FLAGS, ...COMMON, fieldManagerFlag('kubectl-rollout')];
const TYPE_NAME = '(TYPE NAME | TYPE/NAME) [flags]';

export const rolloutCommand: Command = {
  name: 'rollout',
  group: 'Deploy Commands',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of one or many resources: deployments, daemon sets and stateful sets.`,
  examples: `# Go back to the revision before
kubectl rollout undo deployment/abc
# Watch a rollout
kubectl rollout status daemonset/foo`,
  use: 'SUBCOMMAND',
  subcommands: [
    {
      name: 'history',
      short: 'View rollout history',
      use: TYPE_NAME,
      flags: [
        ...PRINT_FLAGS,
        ...COMMON,
        { name: 'revision', kind: 'int64', usage: 'Show this revision with its pod template.' },
      ],
      run: history,
    },
    { name: 'pause', short: 'Mark the provided resource as paused', use: 'RESOURCE', flags: CHANGE, run: pause },
    { name: 'restart', short: 'Restart a resource', use: 'RESOURCE', flags: CHANGE, run: restart },
    { name: 'resume', short: 'Resume a paused resource', use: 'RESOURCE', flags: CHANGE, run: resume },
    {
      name: 'status',
      short: 'Show the status of the rollout',
      use: TYPE_NAME,
      flags: [
        ...COMMON,
        { name: 'revision', kind: 'int64', usage: 'Only as long as this revision is the newest.' },
        { name: 'timeout', kind: 'duration', usage: 'How long to wait; 0 is for ever.' },
        { name: 'watch', short: 'w', kind: 'bool', default: 'true', usage: 'Wait until it is done.' },
      ],
      run: status,
    },
    {
      name: 'undo',
      short: 'Undo a previous rollout',
      use: TYPE_NAME,
      flags: [
        ...PRINT_FLAGS,
        ...COMMON,
        DRY_RUN_FLAG,
        { name: 'to-revision', kind: 'int64', usage: 'The revision to go back to; 0 is the one before.' },
      ],
      run: undo,
    },
  ],
};
