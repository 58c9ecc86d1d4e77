/** Manifests of our own, each with a line of description in both languages at its head. */

/** In the order in which they are shown. */
export const GROUPS = [
  'pods',
  'workloads',
  'network',
  'config',
  'scheduling',
  'storage',
  'access',
  'custom',
  'broken',
] as const;
export type Group = (typeof GROUPS)[number];

export interface Example {
  /** `pod.yaml` */
  readonly file: string;
  readonly group: Group;
  readonly description: { readonly en: string; readonly zh: string };
  /** `broken`: it does not get ready as it is, and is there to be repaired. */
  readonly state: 'ready' | 'broken';
  /** Kinds it is made of, each once. */
  readonly kinds: readonly string[];
  /** The manifest without its descriptions. */
  readonly text: string;
}

const HEAD = /^# (en|zh|group|state): /;

export function readExample(path: string, source: string): Example {
  const lines = source.split('\n');
  const said = (word: string) =>
    lines.find((line) => line.startsWith(`# ${word}: `))?.slice(`# ${word}: `.length) ?? '';
  const group = GROUPS.find((name) => name === said('group'));
  if (!group) throw new Error(`${path}: no such group: ${said('group')}`);
  return {
    file: path.replace(/^.*\//, '').replace(/^\d+-/, ''),
    group,
    description: { en: said('en'), zh: said('zh') },
    state: said('state') === 'broken' ? 'broken' : 'ready',
    kinds: [...new Set([...source.matchAll(/^kind: (\w+)/gm)].map(([, kind = '']) => kind))],
    text: lines.filter((line) => !HEAD.test(line)).join('\n'),
  };
}

/** Those in which every word occurs: in the name, the kinds, the description or the text. */
export function searchExamples(examples: readonly Example[], text: string, locale: 'en' | 'zh'): readonly Example[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return examples.filter((example) => {
    const all = [example.file, ...example.kinds, example.description[locale], example.text].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
