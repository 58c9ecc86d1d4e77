/** Changes that would help, in words. */
import type { Change } from '../../../../workers/protocol.ts';
import { useTemplates } from '../words/use-words.ts';
import { Sentence } from './Sentence.tsx';

interface TaintLike {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

const taintText = ({ key, value, effect }: TaintLike): string => `${key}${value ? `=${value}` : ''}:${effect}`;

const MEBI = 1024 * 1024;

/** As a manifest would write it. */
function amount(resource: string, value: number): string {
  if (resource === 'cpu') return value % 1000 === 0 ? String(value / 1000) : `${value}m`;
  return value >= MEBI ? `${Math.round(value / MEBI)}Mi` : String(value);
}

function valuesOf(change: Change): { readonly [name: string]: string } {
  switch (change.change) {
    case 'request':
      return {
        resource: change.resource,
        container: change.container,
        quantity: change.quantity,
        from: amount(change.resource, change.from),
      };
    case 'tolerate':
      return { taint: taintText(change.taint) };
    case 'untaint':
      return { node: change.node, taint: taintText(change.taint) };
    case 'uncordon':
      return { node: change.node };
    case 'label':
      return { node: change.node, label: `${change.key}=${change.value}` };
    case 'drop':
      return { field: change.field };
    case 'add-node':
      return { like: change.like };
  }
}

export function ChangeText({ change }: { readonly change: Change }) {
  const templates = useTemplates();
  return <Sentence template={templates[`change.${change.change}`]} values={valuesOf(change)} />;
}
