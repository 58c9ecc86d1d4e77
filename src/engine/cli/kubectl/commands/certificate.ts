/**
 * kubectl certificate: approve and deny requests for certificates.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/certificates/certificates.go
 * @fidelity full
 */
import { resultPrinter } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { FILE_FLAGS, PRINT_FLAGS } from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, type JsonObject, withPath } from '../text/json.ts';

interface Verdict {
  readonly type: 'Approved' | 'Denied';
  readonly not: 'Approved' | 'Denied';
  readonly reason: string;
  readonly message: string;
  readonly word: string;
}

const APPROVE: Verdict = {
  type: 'Approved',
  not: 'Denied',
  reason: 'KubectlApprove',
  message: 'This CSR was approved by kubectl certificate approve.',
  word: 'approved',
};
const DENY: Verdict = {
  type: 'Denied',
  not: 'Approved',
  reason: 'KubectlDeny',
  message: 'This CSR was denied by kubectl certificate deny.',
  word: 'denied',
};

const conditionsOf = (object: JsonObject): readonly JsonObject[] =>
  (at(object, 'status', 'conditions') as readonly JsonObject[] | undefined) ?? [];

/** The request with the verdict, or undefined when it has it already. */
function decided(object: JsonObject, name: string, verdict: Verdict): JsonObject | undefined {
  const conditions = conditionsOf(object);
  if (conditions.some(({ type }) => type === verdict.not)) {
    throw new CommandError(`certificate signing request ${JSON.stringify(name)} is already ${verdict.not}`);
  }
  if (conditions.some(({ type }) => type === verdict.type)) return undefined;
  const { type, reason, message } = verdict;
  return withPath(object, ['status', 'conditions'], [...conditions, { type, status: 'True', reason, message }]);
}

async function decide(session: Session, info: Info, verdict: Verdict): Promise<JsonObject> {
  const url = infoUrl(info);
  const current = (await session.rest().json('GET', url)) as JsonObject;
  const next = decided(current, info.name, verdict);
  if (!next && !session.flags.bool('force')) return current;
  return (await session.rest().json('PUT', `${url}/approval`, { body: next ?? current })) as JsonObject;
}

async function run(session: Session, verdict: Verdict): Promise<void> {
  const { flags, args } = session;
  const filenames = flags.list('filename');
  if (args.length === 0 && filenames.length === 0) {
    throw new CommandError('one or more CSRs must be specified as <name> or -f <filename>');
  }
  const print = resultPrinter(session, 'none');
  const selection = await select(session, {
    args: args.length > 0 ? ['certificatesigningrequests.certificates.k8s.io', ...args] : [],
    filenames,
    recursive: flags.bool('recursive'),
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      print(await decide(session, info, verdict), verdict.word);
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

const command = (name: string, verdict: Verdict, short: string): Command => ({
  name,
  short,
  examples: `# By name\nkubectl certificate ${name} csr-sqgzp`,
  use: '(-f FILENAME | NAME)',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    { name: 'force', kind: 'bool', usage: 'Write it even if it is decided already.' },
  ],
  run: (session) => run(session, verdict),
});

export const certificateCommand: Command = {
  name: 'certificate',
  group: 'Cluster Management Commands',
  short: 'Modify certificate resources',
  long: 'Modify certificate resources.',
  use: 'SUBCOMMAND',
  subcommands: [
    command('approve', APPROVE, 'Approve a certificate signing request'),
    command('deny', DENY, 'Deny a certificate signing request'),
  ],
};
