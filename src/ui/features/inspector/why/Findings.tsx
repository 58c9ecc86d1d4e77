/** What is wrong, in plain words, with what would help. */
import { useEffect, useState } from 'react';
import { bodyText } from '#engine/http';
import type { Finding, Fix } from '../../../../workers/protocol.ts';
import { useClient } from '../../../cluster/index.ts';
import { KindMark, ToneShape } from '../../../design/index.ts';
import { openFaults, select } from '../../../session/index.ts';
import { useInspectorWords, useTemplates } from '../words/use-words.ts';
import { Command } from './Command.tsx';
import { ChangeText } from './change-text.tsx';
import { Sentence } from './Sentence.tsx';
import { clockTime } from './when.ts';

type Values = { readonly [name: string]: string | number };

/** Instants become times of day. */
const readable = (params: Values): Values => ({
  ...params,
  ...(typeof params.since === 'number' && { since: clockTime(params.since) }),
  ...(typeof params.heard === 'number' && { heard: clockTime(params.heard) }),
});

export function Findings({ findings, self }: { readonly findings: readonly Finding[]; readonly self: string }) {
  const say = useInspectorWords();
  if (findings.length === 0)
    return (
      <p className="why-well" data-tone="good">
        <ToneShape tone="good" /> {say('allWell')}
      </p>
    );
  return (
    <ul className="findings">
      {findings.map((finding) => (
        <FindingCard key={`${finding.code} ${JSON.stringify(finding.params)}`} finding={finding} self={self} />
      ))}
    </ul>
  );
}

/** Wordings for special values. */
const VARIANT: { readonly [code: string]: (params: Values) => string | undefined } = {
  terminating: ({ grace }) => (Number(grace) > 0 ? 'found.terminating.grace' : undefined),
  image: ({ seconds }) => (Number(seconds) > 0 ? undefined : 'found.image.now'),
  'crash-loop': ({ seconds }) => (Number(seconds) > 0 ? undefined : 'found.crash-loop.now'),
};

function FindingCard({ finding, self }: { readonly finding: Finding; readonly self: string }) {
  const say = useInspectorWords();
  const templates = useTemplates();
  const { code, tone, params, about, message, fixes, logs } = finding;
  const variant = VARIANT[code]?.(params) ?? `found.${code}`;
  return (
    <li className="finding" data-tone={tone} data-code={code}>
      <p className="finding-said">
        <ToneShape tone={tone} size={12} />
        <span>
          <Sentence template={templates[variant as 'found.image']} values={readable(params)} />
        </span>
      </p>
      {about && about.name !== self && (
        <button type="button" className="link owner" onClick={() => select(about)}>
          <KindMark kind={about.resource.kind} />
          <span className="mono">{about.name}</span>
        </button>
      )}
      {message && (
        <p className="verbatim" lang="en">
          {message}
        </p>
      )}
      {logs && about && (
        <LastLines namespace={about.namespace ?? ''} pod={about.name} {...logs} key={String(params.restarts)} />
      )}
      {fixes.length > 0 && (
        <>
          <h4>{say('fixes')}</h4>
          <ul className="fixes">
            {fixes.map((fix) => (
              <FixLine key={`${fix.code} ${JSON.stringify(fix.changes ?? fix.params)}`} fix={fix} />
            ))}
          </ul>
        </>
      )}
    </li>
  );
}

const AT_FAULTS = new Set(['recover-node', 'free-disk']);

function FixLine({ fix }: { readonly fix: Fix }) {
  const say = useInspectorWords();
  const templates = useTemplates();
  const { code, params, changes, command } = fix;
  const variant = code === 'changes' && !params.nodes ? 'fix.changes.anywhere' : `fix.${code}`;
  return (
    <li>
      <p>
        <Sentence template={templates[variant as 'fix.changes']} values={params} />
      </p>
      {changes && (
        <ul className="changes">
          {changes.map((change) => (
            <li key={JSON.stringify(change)}>
              <ChangeText change={change} />
            </li>
          ))}
        </ul>
      )}
      {AT_FAULTS.has(code) && (
        <button type="button" className="link accent" onClick={() => openFaults()}>
          {say('break')}
        </button>
      )}
      {command && <Command line={command} />}
    </li>
  );
}

interface LastLinesProps {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

/** What a container said at last. */
function LastLines({ namespace, pod, container, previous }: LastLinesProps) {
  const say = useInspectorWords();
  const client = useClient();
  const [text, setText] = useState('');
  useEffect(() => {
    const stop = new AbortController();
    const query = new URLSearchParams({ container, tailLines: '6', ...(previous && { previous: 'true' }) });
    const read = async () => {
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
      const { body } = await client.request('GET', path, { signal: stop.signal });
      if (!stop.signal.aborted) setText((await bodyText(body)).slice(-2000));
    };
    // A container that never ran has said nothing.
    read().catch(() => setText(''));
    return () => stop.abort();
  }, [client, namespace, pod, container, previous]);
  if (text.trim() === '') return null;
  return (
    <figure className="last-lines">
      <figcaption className="quiet">{say('lastLines')}</figcaption>
      <pre>{text.trimEnd()}</pre>
    </figure>
  );
}
