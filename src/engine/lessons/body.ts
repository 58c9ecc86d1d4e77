/** The body of a lesson: Markdown whose commands and directives are found, and whose dangers are refused. */
import type { BodyCommand, BodyDirective, LessonProblem } from './lesson.ts';
import { resourceByName, splitReference } from './view.ts';

/** Directives of a lesson, and the attributes each needs or may have. */
const DIRECTIVES: {
  readonly [name: string]: { readonly needs?: readonly string[]; readonly may?: readonly string[] };
} = {
  predict: { needs: ['id'] },
  check: { needs: ['ids'] },
  why: { needs: ['of'], may: ['namespace'] },
  hint: {},
  mistake: { needs: ['id'] },
  debrief: {},
};

const COMMAND = /(`+)(.+?)\1\{(run|copy|open)(?:=([^}\s]+))?\}/g;
const DIRECTIVE = /^\s*:{2,}([a-z]+)(?:\[[^\]]*\])?(?:\{([^}]*)\})?\s*$/;
const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;

export interface BodyScan {
  readonly commands: readonly BodyCommand[];
  readonly directives: readonly BodyDirective[];
  readonly steps: readonly string[];
}

/** `{id=a ids="b c"}` as names and values. */
function attributesOf(text: string): { readonly [name: string]: string } {
  const found: { [name: string]: string } = {};
  for (const [, name = '', quoted, bare] of text.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s"]+))/g))
    found[name] = quoted ?? bare ?? '';
  return found;
}

/**
 * Finds what can be run, opened and shown. Complaints: unknown directives, missing attributes, raw HTML, blocks that never end.
 * @param firstLine of the body in its file
 */
export function scanBody(file: string, body: string, firstLine: number, problems: LessonProblem[]): BodyScan {
  const commands: BodyCommand[] = [];
  const directives: BodyDirective[] = [];
  const steps: string[] = [];
  const complain = (line: number, message: string) => problems.push({ file, line, message });
  let fence: { readonly mark: string; readonly run: boolean; readonly lines: string[] } | undefined;
  const open: { readonly name: string; readonly line: number }[] = [];
  for (const [index, text] of body.split('\n').entries()) {
    const line = firstLine + index;
    const [, mark = '', info = ''] = FENCE.exec(text) ?? [];
    if (fence) {
      if (mark !== '' && mark.startsWith(fence.mark) && info.trim() === '') {
        if (fence.run) commands.push({ does: 'run', text: fence.lines.join('\n'), line });
        fence = undefined;
      } else fence.lines.push(text);
      continue;
    }
    if (mark !== '') {
      fence = { mark, run: /\{run\}\s*$/.test(info), lines: [] };
      continue;
    }
    if (text.startsWith('## ')) steps.push(text.slice(3).trim());
    for (const [, , code = '', does, target] of text.matchAll(COMMAND)) {
      if (does === 'open' && !target) complain(line, 'expected {open=files/…}');
      commands.push({ does: does as BodyCommand['does'], text: does === 'open' ? (target ?? '') : code, line });
    }
    if (/^\s*:{3,}\s*$/.test(text)) {
      if (!open.pop()) complain(line, 'closes a block that was never opened');
      continue;
    }
    const directive = DIRECTIVE.exec(text);
    if (directive) {
      const found = readDirective(directive, line, complain);
      if (found) directives.push(found);
      if (text.trim().startsWith(':::')) open.push({ name: directive[1] ?? '', line });
    } else if (/^\s*::/.test(text)) complain(line, 'expected a directive such as ::check{ids="one two"}');
    const html = /<\/?[a-z][^>]*>|<!--/i.exec(text.replace(/(`+).*?\1/g, ''));
    if (html) complain(line, `raw HTML is not allowed: ${html[0]}`);
  }
  if (fence) complain(firstLine, 'a code block is never closed');
  for (const { name, line } of open) complain(line, `:::${name} is never closed`);
  return { commands, directives, steps };
}

function readDirective(
  [, name = '', attributes = '']: RegExpExecArray,
  line: number,
  complain: (line: number, message: string) => void,
): BodyDirective | undefined {
  if (name === 'demo') {
    complain(line, '::demo is not there yet: a lesson cannot replay inside its text');
    return undefined;
  }
  const rules = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
  if (!rules) {
    complain(line, `unknown directive ${name}; expected one of ${Object.keys(DIRECTIVES).join(', ')}`);
    return undefined;
  }
  const found = attributesOf(attributes);
  const { needs = [], may = [] } = rules;
  for (const needed of needs) if (!found[needed]) complain(line, `${name} needs ${needed}=…`);
  for (const given of Object.keys(found))
    if (!needs.includes(given) && !may.includes(given)) complain(line, `${name} has no attribute ${given}`);
  const { of } = found;
  if (of !== undefined && !resourceByName(splitReference(of)?.kind ?? ''))
    complain(line, `expected of=kind/name, such as deployment/web; got ${of}`);
  return { name, attributes: found, line };
}

export interface Step {
  /** '' for what comes before the first heading. */
  readonly title: string;
  readonly text: string;
}

/** The body cut at its headings of the second level, outside of code. */
export function splitSteps(body: string): readonly Step[] {
  const steps: { title: string; lines: string[] }[] = [{ title: '', lines: [] }];
  let fence = '';
  for (const text of body.split('\n')) {
    const [, mark = '', info = ''] = FENCE.exec(text) ?? [];
    if (fence === '' && mark !== '') fence = mark;
    else if (fence !== '' && mark.startsWith(fence) && info.trim() === '') fence = '';
    if (fence === '' && text.startsWith('## ')) steps.push({ title: text.slice(3).trim(), lines: [] });
    else steps.at(-1)?.lines.push(text);
  }
  return steps
    .map(({ title, lines }) => ({ title, text: lines.join('\n').trim() }))
    .filter(({ title, text }) => title !== '' || text !== '');
}
