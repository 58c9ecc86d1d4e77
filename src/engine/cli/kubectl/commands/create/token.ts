/**
 * kubectl create token
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/create/create_token.go
 */
import type { Command } from '../../cobra/command.ts';
import { asError, CommandError } from '../../errors.ts';
import { PRINT_FLAGS } from '../../flag-sets.ts';
import { makePrinter } from '../../print/output.ts';
import type { Session } from '../../session.ts';
import { type JsonObject, text } from '../../text/json.ts';
import { oneName, wrap } from './generate.ts';

const BOUND_KINDS: { readonly [kind: string]: string } = { Pod: 'v1', Secret: 'v1', Node: 'v1' };

async function run(session: Session): Promise<void> {
  const { flags } = session;
  const name = oneName(session);
  const kind = flags.string('bound-object-kind');
  if (flags.duration('duration') < 0) throw new CommandError('--duration must be greater than or equal to 0');
  if (flags.duration('duration') % 1000 !== 0)
    throw new CommandError('--duration cannot be expressed in units less than seconds');
  if (kind === '' && flags.string('bound-object-name') !== '')
    throw new CommandError('--bound-object-name can only be set if --bound-object-kind is provided');
  if (kind === '' && flags.string('bound-object-uid') !== '')
    throw new CommandError('--bound-object-uid can only be set if --bound-object-kind is provided');
  if (kind !== '' && BOUND_KINDS[kind] === undefined)
    throw new CommandError('supported --bound-object-kind values are Node, Pod, Secret');
  if (kind !== '' && flags.string('bound-object-name') === '')
    throw new CommandError('--bound-object-name is required if --bound-object-kind is provided');
  const printer = makePrinter(session);
  const { name: namespace } = session.namespace();
  const uid = flags.string('bound-object-uid');
  const request: JsonObject = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec: {
      audiences: flags.list('audience').length > 0 ? flags.list('audience') : null,
      expirationSeconds: flags.duration('duration') > 0 ? flags.duration('duration') / 1000 : null,
      boundObjectRef:
        kind === ''
          ? null
          : {
              kind,
              apiVersion: BOUND_KINDS[kind] as string,
              name: flags.string('bound-object-name'),
              ...(uid && { uid }),
            },
    },
    status: { token: '', expirationTimestamp: null },
  };
  let answer: JsonObject;
  try {
    answer = (await session
      .rest()
      .json('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { body: request })) as JsonObject;
  } catch (error) {
    throw wrap('failed to create token: ', asError(error));
  }
  if (text(answer, 'status', 'token') === '')
    throw new CommandError('failed to create token: no token in server response');
  session.out(printer ? printer(answer) : text(answer, 'status', 'token'));
}

export const tokenCommand: Command = {
  name: 'token',
  short: 'Request a service account token',
  use: 'SERVICE_ACCOUNT_NAME',
  examples: `# A token of the default lifetime
kubectl create token myapp
# For ten minutes
kubectl create token myapp --duration 10m`,
  flags: [
    ...PRINT_FLAGS,
    { name: 'audience', kind: 'stringArray', usage: 'Who is to accept the token; may be repeated.' },
    { name: 'duration', kind: 'duration', usage: 'How long it is to be valid.' },
    { name: 'bound-object-kind', kind: 'string', usage: 'Kind of an object with which the token dies.' },
    { name: 'bound-object-name', kind: 'string', usage: 'Name of that object.' },
    { name: 'bound-object-uid', kind: 'string', usage: 'UID of that object.' },
  ],
  run,
};
