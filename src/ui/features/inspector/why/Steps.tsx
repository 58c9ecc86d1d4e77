/** The chain of causes: each step a link to its instant and to whom it is about. */
import type { Fault, Step } from '../../../../workers/protocol.ts';
import { KindMark } from '../../../design/index.ts';
import { goTo, openRequests, select } from '../../../session/index.ts';
import { useInspectorWords, useTemplates } from '../words/use-words.ts';
import type { InspectorWord } from '../words/words.ts';
import { names, Sentence } from './Sentence.tsx';
import { clockTime } from './when.ts';

/** Which of several wordings fits. */
function wordingOf({ code, params }: Step): InspectorWord {
  if (code === 'command' && params.terminal !== undefined) return 'step.command.terminal';
  if (code === 'request' && params.verb === 'create') return 'step.request.create';
  if (code === 'schedule-placed' && params.score !== undefined) return 'step.schedule-placed.score';
  if (code === 'endpoint' && params.ready === 0) return 'step.endpoint.not';
  return `step.${code}`;
}

const METHOD: { readonly [verb: string]: string } = { create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' };

/** `node.crash node-2` */
function faultText(params: Step['params']): string {
  const { do: act, ...rest } = params as unknown as Fault & { readonly [name: string]: string };
  return [act, ...Object.values(rest)].join(' ');
}

export function Steps({ steps, self }: { readonly steps: readonly Step[]; readonly self: string }) {
  const templates = useTemplates();
  const say = useInspectorWords();
  const valuesOf = ({ code, params }: Step) => ({
    ...params,
    ...(typeof params.verb === 'string' && { verb: METHOD[params.verb] ?? params.verb }),
    ...(code === 'scale' && {
      because: templates[`because.${params.because}` as 'because.replicas'].replace(
        '{desired}',
        String(params.desired),
      ),
    }),
    ...(code === 'fault' && { what: faultText(params) }),
  });
  const templateOf = (step: Step) =>
    templates[wordingOf(step)].replace(
      '{because}',
      templates[`because.${step.params.because}` as 'because.replicas'] ?? '{because}',
    );
  const linked = ({ about }: Step) => (about?.name === self ? undefined : about);
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li
          key={`${step.at} ${step.code} ${JSON.stringify(step.params)}`}
          data-code={step.code}
          data-tone={step.tone ?? 'idle'}
        >
          <button
            type="button"
            className="link step-time"
            title={say('goTo', { time: clockTime(step.at) })}
            onClick={() => goTo(step.at)}
          >
            {clockTime(step.at)}
          </button>
          <div className="step-said">
            <p>
              <Sentence template={templateOf(step)} values={valuesOf(step)} about={linked(step)} />
              {step.inferred && <span className="quiet"> ({say('inferred')})</span>}
            </p>
            {step.changes?.map(({ path, from, to }) => (
              <p key={path} className="step-change">
                <code>{path}</code>
                {from !== undefined && <del>{from}</del>}
                {to !== undefined && <ins>{to}</ins>}
              </p>
            ))}
            {step.message && (
              <p className="verbatim" lang="en">
                {step.message}
              </p>
            )}
            {step.request !== undefined && (
              <button type="button" className="link" onClick={() => openRequests({ id: step.request })}>
                {say('walk')}
              </button>
            )}
            {(step.count ?? 1) > 1 && (
              <p className="quiet">
                {say('times', { count: step.count ?? 1, time: clockTime(step.lastAt ?? step.at) })}
              </p>
            )}
            {step.about && step.about.name !== self && !names(step.params, step.about) && (
              <button type="button" className="link owner" onClick={() => step.about && select(step.about)}>
                <KindMark kind={step.about.resource.kind} />
                <span className="mono">{step.about.name}</span>
              </button>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
