/** One request's way as a picture: its stations from left to right, and what happened at the one that is chosen. */
import { Tabs as Radix } from 'radix-ui';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import type { RequestWalk, Station } from '../../../workers/protocol.ts';
import { useEngine } from '../../cluster/index.ts';
import { EmptyState, Skeleton, type Tone, ToneShape } from '../../design/index.ts';
import { goTo } from '../../session/index.ts';
import { StationDetail } from './StationDetail.tsx';
import { clockTime } from './when.ts';
import { useRequestWords } from './words/use-words.ts';
import type { RequestSay } from './words/words.ts';

type State =
  | { readonly is: 'looking' }
  | { readonly is: 'forgotten' }
  | { readonly is: 'found'; readonly walk: RequestWalk };

export function Walk({ id }: { readonly id: number }) {
  const say = useRequestWords();
  const { api, ready } = useEngine();
  const [state, setState] = useState<State>({ is: 'looking' });
  useEffect(() => {
    let wanted = true;
    const look = async () => {
      await ready;
      const walk = await api.walk(id);
      if (wanted) setState(walk ? { is: 'found', walk } : { is: 'forgotten' });
    };
    look().catch(() => wanted && setState({ is: 'forgotten' }));
    return () => {
      wanted = false;
    };
  }, [api, ready, id]);
  if (state.is === 'looking') return <Skeleton label={say('looking')} />;
  if (state.is === 'forgotten') return <EmptyState text={say('forgotten')} />;
  return <Picture walk={state.walk} />;
}

const TONES: { readonly [verdict in Station['verdict']]: Tone } = {
  passed: 'good',
  changed: 'busy',
  refused: 'bad',
  skipped: 'idle',
};

/** Where to look first: where it was refused; else where somebody changed it; else who allowed it. */
function firstLook(stations: readonly Station[]): number {
  const refused = stations.findIndex(({ verdict }) => verdict === 'refused');
  if (refused >= 0) return refused;
  const changed = stations.findLastIndex(({ verdict, code }) => verdict === 'changed' && code === 'mutating');
  return changed >= 0 ? changed : stations.findIndex(({ code }) => code === 'authorization');
}

function Picture({ walk }: { readonly walk: RequestWalk }) {
  const say = useRequestWords();
  const { row, stations } = walk;
  const [chosen, setChosen] = useState(() => String(firstLook(stations)));
  const station = stations[Number(chosen)];
  const path = useRef<HTMLDivElement>(null);
  // Where the path scrolls, the chosen station is in sight.
  useEffect(() => {
    const row = path.current;
    const one = row?.children[Number(chosen)] as HTMLElement | undefined;
    if (row && one) row.scrollLeft = one.offsetLeft - (row.clientWidth - one.offsetWidth) / 2;
  }, [chosen]);
  return (
    <>
      <div className="walk-head">
        <h3>
          <span className="said">{row.method}</span> <code>{row.path}</code>
        </h3>
        <p className="quiet">
          {say('by', { who: row.who, program: row.program, time: clockTime(row.at) })}
          {' · '}
          <button type="button" className="link" onClick={() => goTo(row.at)}>
            {say('goTo', { time: clockTime(row.at) })}
          </button>
        </p>
        {row.line !== undefined && (
          <p className="quiet">
            {say('command', { line: '' })}
            <code>{row.line}</code>
          </p>
        )}
      </div>
      <Radix.Root className="walk" value={chosen} onValueChange={setChosen}>
        <Radix.List ref={path} className="walk-path" aria-label={say('walk')}>
          {stations.map((one, i) => (
            <Radix.Trigger
              // biome-ignore lint/suspicious/noArrayIndexKey: stations have a fixed order, and two may be alike
              key={i}
              value={String(i)}
              className="station"
              data-verdict={one.verdict}
              data-tone={TONES[one.verdict]}
              style={{ '--nth': i } as CSSProperties}
            >
              <span className="station-mark">
                <ToneShape tone={TONES[one.verdict]} size={14} />
              </span>
              <span className="station-name">{nameOf(one, say)}</span>
              <span className="station-fact">{shortFact(one, say)}</span>
              <span className="visually-hidden">{say(`is.${one.verdict}`)}</span>
            </Radix.Trigger>
          ))}
        </Radix.List>
        <Radix.Content value={chosen} className="walk-detail">
          {station && <StationDetail station={station} walk={walk} />}
        </Radix.Content>
      </Radix.Root>
    </>
  );
}

/** Names in camel case may break between their words. */
const breakable = (name: string | number): string => String(name).replace(/([a-z])([A-Z])/g, '$1\u200b$2');

/** A plugin that changed something has its own name. */
const nameOf = ({ code, verdict, facts }: Station, say: RequestSay): string =>
  verdict === 'changed' && facts.plugin !== undefined ? breakable(facts.plugin) : say(code);

const AUTHORIZERS: { readonly [name: string]: string } = { masters: 'system:masters', node: 'Node', rbac: 'RBAC' };

/** What a station has to say in two words. */
function shortFact({ code, verdict, facts, changes, more = 0 }: Station, say: RequestSay): string {
  if (verdict === 'skipped') return say('is.skipped');
  if (facts.plugin !== undefined && verdict !== 'changed') return breakable(facts.plugin);
  if (verdict === 'refused' && facts.code === undefined) return say('is.refused');
  const own = {
    connection: facts.protocol,
    authentication: facts.user,
    impersonation: facts.user,
    priority: facts.priorityLevel,
    authorization: AUTHORIZERS[String(facts.authorizer)] ?? facts.authorizer,
    decode: facts.kind,
    storage: facts.revision,
    response: facts.code,
  } as { readonly [name: string]: string | number | undefined };
  const fact = own[code];
  if (fact !== undefined) return String(fact);
  return verdict === 'changed' ? `${changes.length + more} ±` : say('is.passed');
}
