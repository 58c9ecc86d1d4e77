import { useMemo, useState } from 'react';
import { nodes, services } from '#engine/api';
import { useList } from '../../cluster/index.ts';
import { Button, ScrollRegion, Skeleton } from '../../design/index.ts';
import { typeInTerminal } from '../../session/index.ts';
import { shownAddress } from './address.ts';
import type { Fetch } from './load.ts';
import { addressOf, openingsOf } from './openings.ts';
import { open } from './tabs.ts';
import type { BrowserSay } from './words/words.ts';

const HINT = 'kubectl expose deployment web --type=NodePort --port=80';

const isReady = (node: { readonly status?: { readonly conditions?: readonly { type: string; status: string }[] } }) =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** The start page: every Service that a person outside can reach, as buttons. */
export function Openings({ say, fetch }: { readonly say: BrowserSay; readonly fetch: Fetch }) {
  const { items: allNodes } = useList(nodes);
  const { items: allServices, synced } = useList(services);
  const [chosen, setChosen] = useState<string>();
  // The last Node that is well: workers come after the control plane.
  const node = allNodes.find(({ metadata }) => metadata.name === chosen) ?? allNodes.findLast(isReady) ?? allNodes[0];
  const openings = useMemo(() => openingsOf(allServices, node && addressOf(node)), [allServices, node]);
  if (!synced) return <Skeleton label={say('openings')} />;
  return (
    <ScrollRegion label={say('openings')}>
      <div className="browser-start">
        <h3>{say('openings')}</h3>
        <p className="quiet">{say('openingsText')}</p>
        {openings.some(({ through }) => through === 'NodePort') && (
          <label className="browser-node">
            {say('node')}
            <select
              className="field"
              value={node?.metadata.name ?? ''}
              onChange={(event) => setChosen(event.target.value)}
            >
              {allNodes.map((one) => (
                <option key={one.metadata.name} value={one.metadata.name}>
                  {one.metadata.name} · {addressOf(one)}
                </option>
              ))}
            </select>
          </label>
        )}
        {openings.length === 0 ? (
          <div className="browser-none">
            <p>{say('noOpenings')}</p>
            <p className="quiet">{say('noOpeningsHint')}</p>
            <button type="button" className="link" onClick={() => typeInTerminal(HINT)}>
              <code>$ {HINT}</code>
            </button>
          </div>
        ) : (
          <ul className="browser-list">
            {openings.map((one) => (
              <li key={`${one.namespace}/${one.service}/${one.port}/${one.url}`}>
                <span className="browser-service">
                  <span className="quiet">{one.namespace}/</span>
                  {one.service} <span className="quiet">· {one.port}</span>
                </span>
                <span className="badge">{one.through}</span>
                {one.pending ? (
                  <span className="quiet">{say('pending')}</span>
                ) : (
                  <Button onClick={() => open(fetch, one.url)}>
                    <span className="mono">{shownAddress(one.url)}</span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </ScrollRegion>
  );
}
