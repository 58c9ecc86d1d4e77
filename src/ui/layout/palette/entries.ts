/** What the palette offers: commands, kinds, namespaces, objects, and command lines for the terminal. */
import type { Resource } from '#engine/api';
import type { ServedGroup, Table } from '../../cluster/index.ts';
import { type Locale, select, showPane, typeInTerminal, update } from '../../session/index.ts';
import type { GroupedCommand } from '../commands/built-in.ts';
import type { Searchable } from './score.ts';

export interface Entry extends Searchable {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  /** Quietly, behind the label. */
  readonly detail?: string;
  readonly kind?: string;
  readonly keys?: string;
  readonly run: () => void | Promise<void>;
}

export interface Groups {
  readonly kinds: string;
  readonly namespaces: string;
  readonly objects: string;
  readonly terminal: string;
}

export const commandEntries = (commands: readonly GroupedCommand[], locale: Locale): readonly Entry[] =>
  commands
    .filter(({ when }) => when?.() !== false)
    .map(({ id, label, group, keys, also = '', run }) => ({
      id,
      group: group[locale],
      label: label[locale],
      names: [label.en, label.zh].map((word) => word.toLowerCase()),
      words: [also, group[locale]].map((word) => word.toLowerCase()),
      ...(keys && { keys }),
      run,
    }));

function explore(resource: string, namespace?: string): void {
  update({ resource, selected: undefined, filter: '', ...(namespace !== undefined && { namespace }) });
  showPane('explorer');
}

export const kindEntries = (groups: readonly ServedGroup[], heading: string): readonly Entry[] =>
  groups.flatMap(({ name, resources }) =>
    resources.map(({ plural, kind, shortNames }) => ({
      id: `kind.${name}/${plural}`,
      group: heading,
      label: kind,
      detail: name === '' ? plural : `${plural}.${name}`,
      kind,
      names: [plural, kind.toLowerCase(), ...shortNames],
      words: [],
      run: () => explore(`${name}/${plural}`),
    })),
  );

export const namespaceEntries = (table: Table, all: string, heading: string): readonly Entry[] => [
  {
    id: 'namespace.',
    group: heading,
    label: all,
    names: [all.toLowerCase(), 'all namespaces'],
    words: [],
    run: () => update({ namespace: '' }),
  },
  ...table.rows.map(({ object: { metadata } }) => ({
    id: `namespace.${metadata.name}`,
    group: heading,
    label: metadata.name,
    kind: 'Namespace',
    names: [metadata.name],
    words: [`namespace ${metadata.name}`],
    run: () => update({ namespace: metadata.name }),
  })),
];

export const objectEntries = (resource: Resource, table: Table, heading: string): readonly Entry[] =>
  table.rows.map(({ object: { metadata } }) => {
    const { name, namespace } = metadata;
    return {
      id: `object.${resource.plural}/${namespace ?? ''}/${name}`,
      group: heading,
      label: name,
      detail: namespace === undefined ? resource.kind : `${resource.kind} · ${namespace}`,
      kind: resource.kind,
      names: [name],
      words: [`${resource.singular} ${name}`, `${resource.singular}/${name}`],
      run: () => select({ resource, name, ...(namespace !== undefined && { namespace }) }),
    };
  });

const VERBS =
  /^(k|kubectl|helm|get|describe|logs|apply|create|delete|edit|exec|explain|expose|run|scale|rollout|top|label|annotate|cordon|uncordon|drain|taint|patch|set|auth|config|api-resources|api-versions|cluster-info|version|wait|cp|debug|port-forward|diff|replace|attach|autoscale|certificate|events|kustomize)(\s|$)/;

/** `get pods -A` -> `kubectl get pods -A`: what was typed is a command line, and is offered as one. */
export function lineEntry(query: string, heading: string): Entry | undefined {
  const text = query.trim();
  const verb = VERBS.exec(text)?.[1];
  if (!verb) return undefined;
  const line = ['k', 'kubectl', 'helm'].includes(verb) ? text.replace(/^k /, 'kubectl ') : `kubectl ${text}`;
  return {
    id: 'line',
    group: heading,
    label: line,
    names: [text],
    words: [],
    run: () => typeInTerminal(line),
  };
}

/** Command lines that most people look for first. */
export const usualLines = (heading: string): readonly Entry[] =>
  [
    'kubectl get pods -A',
    'kubectl get nodes -o wide',
    'kubectl get all',
    'kubectl get events -A --sort-by=.lastTimestamp',
    'kubectl cluster-info',
    'kubectl api-resources',
    'kubectl explain pod.spec',
    'kubectl config view',
  ].map((line) => ({
    id: `line.${line}`,
    group: heading,
    label: line,
    names: [line],
    words: [line.replace('kubectl ', '')],
    run: () => typeInTerminal(line),
  }));
