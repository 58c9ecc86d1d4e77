/** What happened at a station: facts, the server's words, the diff, the rule, or the rules that came nearest. */
import { Copy } from 'lucide-react';
import type { RequestWalk, Station } from '../../../workers/protocol.ts';
import { IconButton, ScrollRegion, Status } from '../../design/index.ts';
import { notify } from '../../session/index.ts';
import { NearMisses, Rule } from './Rules.tsx';
import { exactTime } from './when.ts';
import { useRequestWords } from './words/use-words.ts';
import type { RequestSay, RequestWord } from './words/words.ts';

const TONE = { passed: 'good', changed: 'busy', refused: 'bad', skipped: 'idle' } as const;

interface StationDetailProps {
  readonly station: Station;
  readonly walk: RequestWalk;
}

export function StationDetail({ station, walk }: StationDetailProps) {
  const say = useRequestWords();
  const { code, verdict, at, message, changes, more, rule, misses, asked, facts } = station;
  return (
    <ScrollRegion label={say(code)}>
      <div className="station-head">
        <h3>{facts.plugin === undefined ? say(code) : `${say(code)}: ${facts.plugin}`}</h3>
        <Status tone={TONE[verdict]} text={say(`is.${verdict}`)} />
        {at !== undefined && <span className="quiet mono">{exactTime(at)}</span>}
      </div>
      <p className="quiet">{say(`about.${code}`)}</p>
      {message !== undefined && (
        <p className="verbatim station-said" lang="en">
          {message}
        </p>
      )}
      <Facts facts={facts} say={say} />
      {changes.length > 0 && <Diff changes={changes} more={more} />}
      {rule && <Rule rule={rule} />}
      {misses && <NearMisses misses={misses} />}
      {asked && asked.length > 0 && (
        <>
          <h4>{say('asked')}</h4>
          <p className="station-plugins">
            {asked.map((plugin) => (
              <code key={plugin}>{plugin}</code>
            ))}
          </p>
          {code === 'mutating' && verdict === 'passed' && <p className="quiet">{say('unchangedBy')}</p>}
        </>
      )}
      {code === 'response' && <Answer walk={walk} />}
    </ScrollRegion>
  );
}

function Facts({ facts, say }: { readonly facts: Station['facts']; readonly say: RequestSay }) {
  const shownValue = (name: string, value: string | number) =>
    name === 'authenticator' || name === 'authorizer' ? say(`by.${value}` as RequestWord) : value;
  const shown = Object.entries(facts).filter(([name]) => name !== 'plugin');
  if (shown.length === 0) return undefined;
  return (
    <dl className="station-facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{say(`fact.${name}` as RequestWord)}</dt>
          {name !== 'unchanged' && <dd>{shownValue(name, value)}</dd>}
        </div>
      ))}
    </dl>
  );
}

function Diff({ changes, more }: Pick<Station, 'changes'> & { readonly more: number | undefined }) {
  const say = useRequestWords();
  return (
    <>
      <h4>{say('changes')}</h4>
      <ul className="station-diff">
        {changes.map(({ path, from, to }) => (
          <li key={path}>
            <code>{path}</code>
            {from !== undefined && <del>{from}</del>}
            {to !== undefined && <ins>{to}</ins>}
          </li>
        ))}
        {more !== undefined && <li className="quiet">{say('more', { count: more })}</li>}
      </ul>
    </>
  );
}

function Answer({ walk }: { readonly walk: RequestWalk }) {
  const say = useRequestWords();
  const text = walk.audit.map((event) => JSON.stringify(event, undefined, 2)).join('\n');
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => notify({ tone: 'good', title: say('copied'), text: '' }),
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  };
  return (
    <>
      {walk.warnings.length > 0 && (
        <>
          <h4>{say('warnings')}</h4>
          {walk.warnings.map((warning) => (
            <p key={warning} className="verbatim" lang="en">
              {warning}
            </p>
          ))}
        </>
      )}
      <div className="station-head">
        <h4>{say('audit')}</h4>
        <IconButton label={say('copy')} onClick={copy}>
          <Copy size={14} />
        </IconButton>
      </div>
      <pre className="station-audit" lang="en">
        {text}
      </pre>
    </>
  );
}
