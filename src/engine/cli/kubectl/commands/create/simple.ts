/** create namespace, serviceaccount, priorityclass, quota, poddisruptionbudget. */
import { parseLabelSelector, parseQuantity } from '#engine/apimachinery';
import type { Command } from '../../cobra/command.ts';
import { CommandError } from '../../errors.ts';
import type { JsonObject } from '../../text/json.ts';
import { selectorObject } from '../../text/selector.ts';
import { generatorCommand } from './generate.ts';

const namespace = generatorCommand({
  name: 'namespace',
  aliases: ['ns'],
  short: 'Create a namespace with the specified name',
  use: 'NAME [--dry-run=server|client|none]',
  examples: `# Create a namespace
kubectl create namespace my-namespace`,
  path: () => '/api/v1/namespaces',
  namespaced: false,
  what: '',
  generate: (_, name) => ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} }),
});

const serviceAccount = generatorCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Create a service account with the specified name',
  use: 'NAME [--dry-run=server|client|none]',
  examples: `# Create a service account
kubectl create serviceaccount my-service-account`,
  path: (ns) => `/api/v1/namespaces/${ns}/serviceaccounts`,
  namespaced: true,
  what: 'serviceaccount',
  generate: (_, name) => ({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } }),
});

const priorityClass = generatorCommand({
  name: 'priorityclass',
  aliases: ['pc'],
  short: 'Create a priority class with the specified name',
  use: 'NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  examples: `# Create a priority class
kubectl create priorityclass high-priority --value=1000 --description="high priority"`,
  flags: [
    { name: 'value', kind: 'int32', usage: 'The priority.' },
    { name: 'global-default', kind: 'bool', usage: 'Pods without a class get this one.' },
    { name: 'description', kind: 'string', usage: 'When to use the class.' },
    {
      name: 'preemption-policy',
      kind: 'string',
      default: 'PreemptLowerPriority',
      usage: 'Whether its pods may preempt others.',
    },
  ],
  path: () => '/apis/scheduling.k8s.io/v1/priorityclasses',
  namespaced: false,
  what: 'priorityclass',
  generate: ({ flags }, name) => ({
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name },
    value: flags.int('value'),
    ...(flags.bool('global-default') && { globalDefault: true }),
    ...(flags.string('description') && { description: flags.string('description') }),
    preemptionPolicy: flags.string('preemption-policy'),
  }),
});

const quota = generatorCommand({
  name: 'quota',
  aliases: ['resourcequota'],
  short: 'Create a quota with the specified name',
  use: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  examples: `# Create a quota
kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2`,
  flags: [
    { name: 'hard', kind: 'string', usage: 'Limits as resource=quantity, separated by commas.' },
    { name: 'scopes', kind: 'string', usage: 'Scopes, separated by commas.' },
  ],
  path: (ns) => `/api/v1/namespaces/${ns}/resourcequotas`,
  namespaced: true,
  what: 'quota',
  generate: ({ flags }, name) => {
    const hard: { [key: string]: string } = {};
    for (const pair of flags
      .string('hard')
      .split(',')
      .filter((part) => part !== '')) {
      const [key, value, ...rest] = pair.split('=');
      if (key === undefined || value === undefined || rest.length > 0)
        throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      parseQuantity(value);
      hard[key] = value;
    }
    const scopes = flags
      .string('scopes')
      .split(',')
      .filter((scope) => scope !== '');
    const spec: JsonObject = { ...(Object.keys(hard).length > 0 && { hard }), ...(scopes.length > 0 && { scopes }) };
    return { kind: 'ResourceQuota', apiVersion: 'v1', metadata: { name }, spec, status: {} };
  },
});

const disruptionBudget = generatorCommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget with the specified name',
  use: 'NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  examples: `# At least one pod of app=rails stays
kubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1`,
  flags: [
    { name: 'selector', kind: 'string', usage: 'The pods it is about.' },
    { name: 'min-available', kind: 'string', usage: 'How many (or what percentage) must stay.' },
    { name: 'max-unavailable', kind: 'string', usage: 'How many (or what percentage) may go.' },
  ],
  path: (ns) => `/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets`,
  namespaced: true,
  what: 'poddisruptionbudgets',
  generate: ({ flags }, name) => {
    const min = flags.string('min-available');
    const max = flags.string('max-unavailable');
    if (flags.string('selector') === '') throw new CommandError('a selector must be specified');
    if (min === '' && max === '') throw new CommandError('one of min-available or max-unavailable must be specified');
    if (min !== '' && max !== '') throw new CommandError('min-available and max-unavailable cannot be both specified');
    parseLabelSelector(flags.string('selector'));
    const amount = (text: string, flag: string): string | number => {
      if (/^\d+%$/.test(text)) return text;
      if (!/^\d+$/.test(text)) throw new CommandError(`invalid format specified for ${flag}`);
      return Number(text);
    };
    return {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: { name },
      spec: {
        ...(min !== '' && { minAvailable: amount(min, 'min-available') }),
        selector: selectorObject(flags.string('selector')),
        ...(max !== '' && { maxUnavailable: amount(max, 'max-unavailable') }),
      },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    };
  },
});

export const SIMPLE_COMMANDS: readonly Command[] = [namespace, serviceAccount, priorityClass, quota, disruptionBudget];
