/** kubectl's table of commands, in the order in which upstream registers them. */
import type { Command } from '../cobra/command.ts';
import { applyCommand } from './apply.ts';
import { authCommand } from './auth.ts';
import { certificateCommand } from './certificate.ts';
import { configCommand } from './config.ts';
import { createCommand } from './create.ts';
import { deleteCommand } from './delete.ts';
import { describeCommand } from './describe.ts';
import { diffCommand } from './diff.ts';
import {
  apiResourcesCommand,
  apiVersionsCommand,
  clusterInfoCommand,
  optionsCommand,
  versionCommand,
} from './discovery.ts';
import { drainCommand } from './drain.ts';
import { editCommand } from './edit.ts';
import { eventsCommand } from './events.ts';
import { attachCommand, execCommand } from './exec.ts';
import { explainCommand } from './explain.ts';
import { exposeCommand } from './expose.ts';
import { getCommand } from './get.ts';
import { annotateCommand, labelCommand } from './label.ts';
import { logsCommand } from './logs.ts';
import { cordonCommand, taintCommand, uncordonCommand } from './nodes.ts';
import { patchCommand } from './patch.ts';
import { REFUSED } from './refused.ts';
import { replaceCommand } from './replace.ts';
import { rolloutCommand } from './rollout.ts';
import { runCommand } from './run.ts';
import { scaleCommand } from './scale.ts';
import { setCommand } from './set.ts';
import { topCommand } from './top.ts';
import { waitCommand } from './wait.ts';

export const ROOT: Command = {
  name: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager.',
  subcommands: [
    createCommand,
    exposeCommand,
    runCommand,
    setCommand,
    explainCommand,
    getCommand,
    editCommand,
    deleteCommand,
    rolloutCommand,
    scaleCommand,
    REFUSED.autoscale,
    certificateCommand,
    clusterInfoCommand,
    topCommand,
    cordonCommand,
    uncordonCommand,
    drainCommand,
    taintCommand,
    describeCommand,
    logsCommand,
    attachCommand,
    execCommand,
    REFUSED.portForward,
    REFUSED.proxy,
    REFUSED.cp,
    authCommand,
    REFUSED.debug,
    eventsCommand,
    diffCommand,
    applyCommand,
    patchCommand,
    replaceCommand,
    waitCommand,
    REFUSED.kustomize,
    labelCommand,
    annotateCommand,
    REFUSED.completion,
    REFUSED.alpha,
    apiResourcesCommand,
    apiVersionsCommand,
    configCommand,
    REFUSED.plugin,
    versionCommand,
    optionsCommand,
  ],
};
