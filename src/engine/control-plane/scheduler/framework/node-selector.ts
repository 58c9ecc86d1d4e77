/** NodeSelector terms, and a Pod's required node affinity. @upstream staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go */
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod, PreferredSchedulingTerm } from '#engine/api';

type NodeMatch = (node: Node) => boolean;

const noLabels: { readonly [key: string]: string } = {};

const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text);

/** undefined when the requirement makes no sense: such a term matches nothing. */
function compileExpression({ key, operator, values = [] }: NodeSelectorRequirement): NodeMatch | undefined {
  const read = (node: Node): string | undefined => {
    const labels = node.metadata.labels ?? noLabels;
    return Object.hasOwn(labels, key) ? labels[key] : undefined;
  };
  switch (operator) {
    case 'In': {
      const set = new Set(values);
      return values.length === 0 ? undefined : (node) => set.has(read(node) ?? '') && read(node) !== undefined;
    }
    case 'NotIn': {
      const set = new Set(values);
      return values.length === 0
        ? undefined
        : (node) => {
            const value = read(node);
            return value === undefined || !set.has(value);
          };
    }
    case 'Exists':
      return values.length > 0 ? undefined : (node) => read(node) !== undefined;
    case 'DoesNotExist':
      return values.length > 0 ? undefined : (node) => read(node) === undefined;
    case 'Gt':
    case 'Lt': {
      const bound = values[0];
      if (values.length !== 1 || bound === undefined || !isInteger(bound)) return undefined;
      return (node) => {
        const value = read(node);
        if (value === undefined || !isInteger(value)) return false;
        return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
      };
    }
    default:
      return undefined;
  }
}

/** Fields: `metadata.name` with exactly one value. */
function compileField({ key, operator, values = [] }: NodeSelectorRequirement): NodeMatch | undefined {
  const value = values[0];
  if (values.length !== 1 || value === undefined) return undefined;
  const read = (node: Node) => (key === 'metadata.name' ? node.metadata.name : '');
  if (operator === 'In') return (node) => read(node) === value;
  if (operator === 'NotIn') return (node) => read(node) !== value;
  return undefined;
}

const isEmptyTerm = (term: NodeSelectorTerm): boolean => !term.matchExpressions?.length && !term.matchFields?.length;

function compileTerm(term: NodeSelectorTerm): NodeMatch | undefined {
  if (isEmptyTerm(term)) return undefined;
  const parts: NodeMatch[] = [];
  for (const [list, compile] of [
    [term.matchExpressions, compileExpression],
    [term.matchFields, compileField],
  ] as const) {
    for (const requirement of list ?? []) {
      const match = compile(requirement);
      if (!match) return undefined;
      parts.push(match);
    }
  }
  return (node) => parts.every((match) => match(node));
}

/** Terms are alternatives; an empty or senseless term matches nothing. */
export function compileNodeSelectorTerms(terms: readonly NodeSelectorTerm[]): NodeMatch {
  const matches = terms.map(compileTerm).filter((match) => match !== undefined);
  return (node) => matches.some((match) => match(node));
}

export interface PreferredTerm {
  readonly weight: number;
  readonly matches: NodeMatch;
}

/** Empty terms prefer nothing. */
export const compilePreferredTerms = (terms: readonly PreferredSchedulingTerm[]): readonly PreferredTerm[] =>
  terms.flatMap(({ weight, preference }) => {
    const matches = weight === 0 ? undefined : compileTerm(preference);
    return matches ? [{ weight, matches }] : [];
  });

export const preferredScore = (terms: readonly PreferredTerm[], node: Node): number => {
  let score = 0;
  for (const term of terms) if (term.matches(node)) score += term.weight;
  return score;
};

const required = new WeakMap<Pod['spec'], NodeMatch>();

/** Whether nodeSelector and required node affinity accept the Node. Compiled once per Pod spec. */
export function requiredNodeAffinity(pod: Pod): NodeMatch {
  let match = required.get(pod.spec);
  if (!match) {
    match = compileRequired(pod);
    required.set(pod.spec, match);
  }
  return match;
}

function compileRequired(pod: Pod): NodeMatch {
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const matchTerms = terms ? compileNodeSelectorTerms(terms) : undefined;
  return (node) => {
    const labels = node.metadata.labels ?? noLabels;
    for (const [key, value] of selector) if (labels[key] !== value) return false;
    return matchTerms === undefined || matchTerms(node);
  };
}
