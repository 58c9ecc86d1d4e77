/** How a Pod's Node was chosen: the funnel, Node by Node, and what would have to be different. */
import { nodes as nodeResource } from '#engine/api';
import type { NodeChoice, Scheduling } from '../../../../workers/protocol.ts';
import { EmptyState, ScrollRegion, Skeleton, Status } from '../../../design/index.ts';
import { type ObjectReference, select } from '../../../session/index.ts';
import { Command } from '../why/Command.tsx';
import { ChangeText } from '../why/change-text.tsx';
import { useExplanation } from '../why/use-explanation.ts';
import { clockTime } from '../why/when.ts';
import { useInspectorWords } from '../words/use-words.ts';
import '../why/why.css';
import './scheduling.css';

export function SchedulingView({
  reference,
  version,
}: {
  readonly reference: ObjectReference;
  readonly version: string | undefined;
}) {
  const say = useInspectorWords();
  const { answer, error } = useExplanation(reference, version, (api, subject, at) => api.scheduling(subject, at));
  if (error !== undefined) return <EmptyState text={error} />;
  if (!answer) return <Skeleton label={say('looking')} />;
  return (
    <ScrollRegion label={say('scheduling')}>
      <div className="scheduling">
        <Outcome answer={answer} />
        {answer.total > 0 && <Funnel answer={answer} />}
        {answer.ways.length > 0 && <Ways ways={answer.ways} />}
        {answer.nodes.length > 0 && <Choices nodes={answer.nodes} />}
      </div>
    </ScrollRegion>
  );
}

function Outcome({ answer }: { readonly answer: Scheduling }) {
  const say = useInspectorWords();
  const { state, node = '', attempts, lastAttempt, message, preemption } = answer;
  const text =
    state === 'placed'
      ? say(answer.total > 0 ? 'sched.placed' : 'sched.placedUnknown', { node, time: clockTime(lastAttempt ?? 0) })
      : say(`sched.${state}`, { attempts });
  return (
    <>
      <p data-tone={state === 'placed' ? 'good' : 'bad'} className="sched-outcome">
        {text}
      </p>
      {message && (
        <p className="verbatim" lang="en">
          {message}
        </p>
      )}
      {preemption && (
        <p>{say('sched.preemption', { node: preemption.node, victims: preemption.victims.join(', ') })}</p>
      )}
    </>
  );
}

function Funnel({ answer: { total, funnel } }: { readonly answer: Scheduling }) {
  const say = useInspectorWords();
  const left = funnel.at(-1)?.left ?? total;
  const bar = (count: number) => ({ width: `${Math.max(2, (100 * count) / Math.max(total, 1))}%` });
  return (
    <section aria-label={say('sched.funnel')}>
      <h3>{say('sched.funnel')}</h3>
      <ol className="funnel">
        <li>
          <span>{say('sched.all')}</span>
          <i style={bar(total)} />
          <b>{total}</b>
        </li>
        {funnel.map((stage) => (
          <li key={stage.plugin}>
            <span>{say('sched.fell', { plugin: stage.plugin, fell: stage.fell })}</span>
            <i style={bar(stage.left)} data-empty={stage.left === 0 || undefined} />
            <b>{stage.left}</b>
          </li>
        ))}
        <li data-tone={left > 0 ? 'good' : 'bad'}>
          <span>{say('sched.feasible')}</span>
          <i style={bar(left)} data-empty={left === 0 || undefined} />
          <b>{left}</b>
        </li>
      </ol>
    </section>
  );
}

function Ways({ ways }: { readonly ways: Scheduling['ways'] }) {
  const say = useInspectorWords();
  return (
    <section aria-label={say('sched.ways')}>
      <h3>{say('sched.ways')}</h3>
      <ul className="fixes">
        {ways.map(({ changes, nodes, commands }) => (
          <li key={JSON.stringify(changes)} className="finding" data-tone="busy">
            <ul className="changes">
              {changes.map((change) => (
                <li key={JSON.stringify(change)}>
                  <ChangeText change={change} />
                </li>
              ))}
            </ul>
            {nodes.length > 0 && <p className="quiet">{say('sched.wayOn', { nodes: nodes.join(', ') })}</p>}
            {commands.map((line) => (
              <Command key={line} line={line} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Choices({ nodes }: { readonly nodes: readonly NodeChoice[] }) {
  const say = useInspectorWords();
  const plugins = nodes.find(({ scores }) => scores)?.scores ?? [];
  const scored = plugins.length > 0;
  return (
    <div className="choices-part">
      <h3>{say('sched.nodes')}</h3>
      {!scored && nodes.some(({ refusals }) => refusals.length === 0) && (
        <p className="quiet">{say('sched.noScores')}</p>
      )}
      <div className="choices">
        <ScrollRegion label={say('sched.nodes')}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say('sched.node')}</th>
                <th scope="col">{say('sched.verdict')}</th>
                {scored && <th scope="col">{say('sched.total')}</th>}
                {plugins.map(({ plugin, weight }) => (
                  <th scope="col" key={plugin} title={say('sched.weight', { weight })}>
                    {shortName(plugin)} ×{weight}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {nodes.map((choice) => (
                <tr key={choice.node} data-chosen={choice.picked}>
                  <td>
                    <button
                      type="button"
                      className="link mono"
                      onClick={() => select({ resource: nodeResource, name: choice.node })}
                    >
                      {choice.node}
                    </button>
                  </td>
                  <td className="choice-verdict">
                    <Verdict choice={choice} />
                  </td>
                  {scored && <td className="mono">{choice.total ?? ''}</td>}
                  {plugins.map(({ plugin }) => (
                    <td key={plugin} className="mono">
                      {choice.scores?.find((score) => score.plugin === plugin)?.normalised ?? ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      </div>
    </div>
  );
}

/** `NodeResourcesBalancedAllocation` is too long for a column. */
const shortName = (plugin: string): string => plugin.replace(/^NodeResources/, '').replace(/^InterPod/, 'Pod');

function Verdict({ choice: { refusals, picked } }: { readonly choice: NodeChoice }) {
  const say = useInspectorWords();
  if (refusals.length === 0) return <Status tone="good" text={say(picked ? 'sched.picked' : 'sched.fits')} />;
  return (
    <ul>
      {refusals.map(({ plugin, reasons }) => (
        <li key={plugin}>
          <Status tone="bad" text={plugin} />{' '}
          <span className="quiet" lang="en">
            {reasons.join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
