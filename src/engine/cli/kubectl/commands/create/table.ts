/** The subcommands of create. */
import type { Command } from '../../cobra/command.ts';
import { CONFIG_COMMANDS } from './configuration.ts';
import { RBAC_COMMANDS } from './rbac.ts';
import { SERVICE_COMMANDS } from './service.ts';
import { SIMPLE_COMMANDS } from './simple.ts';
import { tokenCommand } from './token.ts';
import { WORKLOAD_COMMANDS } from './workload.ts';

export const CREATE_COMMANDS: readonly Command[] = [
  ...CONFIG_COMMANDS,
  ...RBAC_COMMANDS,
  ...SERVICE_COMMANDS,
  ...SIMPLE_COMMANDS,
  ...WORKLOAD_COMMANDS,
  tokenCommand,
].sort((a, b) => (a.name < b.name ? -1 : 1));
