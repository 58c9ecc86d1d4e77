/** RBAC rules: the one that allowed, and those that nearly would have. */
import { Copy, Terminal } from 'lucide-react';
import type { NearMiss, Station } from '../../../workers/protocol.ts';
import { IconButton } from '../../design/index.ts';
import { closeOverlay, notify, typeInTerminal } from '../../session/index.ts';
import { useRequestWords } from './words/use-words.ts';

type PolicyRule = NonNullable<Station['rule']>;

const FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

/** As a manifest has it; the core group is an empty text. */
const listed = (values: readonly string[]): string => values.map((value) => (value === '' ? '""' : value)).join(', ');

export function Rule({ rule }: { readonly rule: PolicyRule }) {
  const say = useRequestWords();
  return (
    <>
      <h4>{say('rule')}</h4>
      <RuleFields rule={rule} />
    </>
  );
}

function RuleFields({ rule }: { readonly rule: PolicyRule }) {
  const fields = FIELDS.filter((field) => (rule[field]?.length ?? 0) > 0);
  return (
    <dl className="station-facts rule" lang="en">
      {fields.map((field) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>{listed(rule[field] ?? [])}</dd>
        </div>
      ))}
    </dl>
  );
}

const nameOf = (one: { readonly kind: string; readonly name: string; readonly namespace?: string }): string =>
  `${one.kind} ${one.namespace === undefined ? '' : `${one.namespace}/`}${one.name}`;

export function NearMisses({ misses }: { readonly misses: readonly NearMiss[] }) {
  const say = useRequestWords();
  if (misses.length === 0) return <p>{say('noMisses')}</p>;
  return (
    <>
      <h4>{say('misses')}</h4>
      <ol className="near-misses">
        {misses.map((miss) => (
          <li key={`${miss.lacks} ${miss.role.name} ${miss.binding?.name} ${miss.has?.join()}`} data-lacks={miss.lacks}>
            <p>{sentence(miss, say)}</p>
            {miss.rule && <RuleFields rule={miss.rule} />}
            {miss.command !== undefined && <Grant line={miss.command} />}
          </li>
        ))}
      </ol>
    </>
  );
}

function sentence({ lacks, role, binding, subject, has }: NearMiss, say: ReturnType<typeof useRequestWords>): string {
  return say(`lacks.${lacks}`, {
    role: nameOf(role),
    ...(binding && { binding: nameOf(binding) }),
    ...(subject && { subject: nameOf({ ...subject, name: subject.name }) }),
    ...(has && { has: listed(has) }),
  });
}

function Grant({ line }: { readonly line: string }) {
  const say = useRequestWords();
  const copy = () => {
    navigator.clipboard.writeText(line).then(
      () => notify({ tone: 'good', title: say('copied'), text: '' }),
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  };
  const type = () => {
    closeOverlay();
    typeInTerminal(line);
  };
  return (
    <p className="grant">
      <span className="quiet">{say('grant')}</span> <code>{line}</code>
      <IconButton label={say('copy')} onClick={copy}>
        <Copy size={14} />
      </IconButton>
      <IconButton label={say('type')} onClick={type}>
        <Terminal size={14} />
      </IconButton>
    </p>
  );
}
