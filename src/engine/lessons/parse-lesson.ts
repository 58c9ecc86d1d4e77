/** From files to lessons and courses. Whatever is wrong is said with file and line, all of it at once. */
import { compareText } from '#engine/apimachinery';
import { type BodyScan, scanBody } from './body.ts';
import { type Course, type Hint, type Lesson, LessonError, type LessonProblem } from './lesson.ts';
import { readChecks, readMistakes, readPredictions } from './read-checks.ts';
import { readWorld } from './read-world.ts';
import { type Field, readYaml } from './yaml-reader.ts';

const MAX_BYTES = 200_000;

interface Halves {
  readonly front: Field;
  readonly body: string;
  readonly bodyLine: number;
}

function split(file: string, text: string, problems: LessonProblem[]): Halves {
  const refuse = (message: string): never => {
    throw new LessonError([{ file, line: 1, message }]);
  };
  if (text.length > MAX_BYTES) refuse(`a lesson has at most ${MAX_BYTES} characters`);
  const normal = text.replaceAll('\r\n', '\n');
  if (!normal.startsWith('---\n')) refuse('expected front matter: a first line of ---');
  const end = normal.indexOf('\n---\n', 3);
  if (end < 0) refuse('the front matter never ends: expected a line of ---');
  const front = normal.slice(4, end + 1);
  const body = normal.slice(end + 5);
  return {
    front: readYaml(file, front, 1, problems),
    body,
    bodyLine: normal.slice(0, end + 5).split('\n').length,
  };
}

const FRONT = [
  'id',
  'title',
  'level',
  'minutes',
  'concepts',
  'seed',
  'world',
  'checks',
  'predict',
  'mistakes',
  'solution',
  'par',
  'rewind',
] as const;

/**
 * Reads a lesson in its first language.
 * @throws LessonError listing everything that is wrong
 */
export function parseLesson(file: string, text: string, course: Pick<Course, 'nodes' | 'seed'>): Lesson {
  const problems: LessonProblem[] = [];
  const { front, body, bodyLine } = split(file, text, problems);
  if (problems.length > 0) throw new LessonError(problems);
  const fields = front.record(FRONT);
  const par = fields.par.record(['commands', 'seconds']);
  const scan = scanBody(file, body, bodyLine, problems);
  const lesson: Lesson = {
    id: fields.id.text('course/name'),
    title: fields.title.text(),
    level: fields.level.oneOf(['beginner', 'intermediate', 'advanced']),
    minutes: fields.minutes.integer(1, 240),
    concepts: fields.concepts.list(20).map((concept) => concept.text()),
    seed: fields.seed.present ? fields.seed.integer(0, 2 ** 31 - 1) : course.seed,
    world: readWorld(fields.world, course),
    checks: readChecks(fields.checks),
    predictions: readPredictions(fields.predict),
    mistakes: readMistakes(fields.mistakes),
    solution: fields.solution.list(60).map((step) => ({ run: step.record(['run']).run.text('a command') })),
    par: { commands: par.commands.integer(1, 1000), seconds: par.seconds.integer(1, 86_400) },
    rewind: fields.rewind.present ? fields.rewind.oneOf(['free', 'counts', 'off']) : 'free',
    body,
    ...scan,
  };
  checkReferences(file, lesson, scan, problems);
  if (problems.length > 0) throw new LessonError(problems);
  return lesson;
}

/** Everything the body points to is there, and every check is shown somewhere. */
function checkReferences(file: string, lesson: Lesson, { directives }: BodyScan, problems: LessonProblem[]): void {
  const has = { check: lesson.checks, predict: lesson.predictions, mistake: lesson.mistakes } as const;
  const shown = new Set<string>();
  for (const { name, attributes, line } of directives) {
    if (name !== 'check' && name !== 'predict' && name !== 'mistake') continue;
    for (const id of (attributes.ids ?? attributes.id ?? '').split(/[\s,]+/).filter((one) => one !== '')) {
      shown.add(`${name} ${id}`);
      if (!has[name].some((one) => one.id === id)) problems.push({ file, line, message: `there is no ${name} ${id}` });
    }
  }
  for (const name of ['check', 'predict', 'mistake'] as const) {
    for (const { id, ...rest } of has[name]) {
      if (shown.has(`${name} ${id}`) || 'fail' in rest) continue;
      problems.push({ file, line: 1, message: `${name} ${id} is nowhere in the text` });
    }
  }
  if (lesson.steps.length === 0)
    problems.push({ file, line: 1, message: 'expected at least one step: a heading with ##' });
}

const TRANSLATION = ['id', 'title', 'checks', 'predict'] as const;

/**
 * Reads a lesson in another language: its texts over the logic of the first. The same ids, commands, directives and steps are asked for.
 * @throws LessonError listing everything that is wrong
 */
export function translateLesson(file: string, text: string, original: Lesson): Lesson {
  const problems: LessonProblem[] = [];
  const { front, body, bodyLine } = split(file, text, problems);
  if (problems.length > 0) throw new LessonError(problems);
  const fields = front.record(TRANSLATION);
  if (fields.id.text() !== original.id) fields.id.complain(`expected ${original.id}, as in the first language`);
  const checks = byId(fields.checks, original.checks, ['id', 'say', 'because', 'hints'], (words, check) => {
    return {
      ...check,
      say: words.say.text(),
      because: translateHints(words.because, check.because),
      hints: translateHints(words.hints, check.hints),
    };
  });
  const predictions = byId(fields.predict, original.predictions, ['id', 'ask', 'options'], (words, prediction) => {
    const options = words.options.list(6).map((option) => option.word());
    if (options.length !== prediction.options.length)
      words.options.complain(`expected ${prediction.options.length} options`);
    return { ...prediction, ask: words.ask.text(), options };
  });
  const scan = scanBody(file, body, bodyLine, problems);
  compareBodies(file, scan, original, problems);
  if (problems.length > 0) throw new LessonError(problems);
  return { ...original, title: fields.title.text(), checks, predictions, body, ...scan };
}

function byId<T extends { readonly id: string }, K extends string>(
  field: Field,
  originals: readonly T[],
  names: readonly ('id' | K)[],
  translate: (words: { readonly [name in 'id' | K]: Field }, original: T) => T,
): readonly T[] {
  const items = field.present || originals.length > 0 ? field.list() : [];
  if (items.length !== originals.length) field.complain(`expected ${originals.map(({ id }) => id).join(', ')}`);
  return originals.map((original, i) => {
    const item = items[i];
    if (!item) return original;
    const words = item.record(names);
    if (words.id.text() !== original.id) words.id.complain(`expected ${original.id}`);
    return translate(words, original);
  });
}

/** The texts of hints, in their order; a single one may stand without a list. */
function translateHints(field: Field, originals: readonly Hint[]): readonly Hint[] {
  const texts = field.isText ? [field] : field.present ? field.list(10) : [];
  if (texts.length !== originals.length) field.complain(`expected ${originals.length} texts`);
  return originals.map((hint, i) => ({ ...hint, say: texts[i] ? sameHoles(texts[i], hint.say) : '' }));
}

const holes = (text: string): string =>
  [...text.matchAll(/\$\{[^}]*\}/g)]
    .map(([hole]) => hole)
    .sort(compareText)
    .join(' ');

/** A translated text shows the same values. */
function sameHoles(field: Field, original: string): string {
  const text = field.text();
  if (holes(text) !== holes(original)) field.complain(`expected the same values: ${holes(original) || 'none'}`);
  return text;
}

function compareBodies(file: string, scan: BodyScan, original: Lesson, problems: LessonProblem[]): void {
  const compare = (what: string, ours: readonly string[], theirs: readonly string[], lines: readonly number[]) => {
    const at = ours.findIndex((one, i) => one !== theirs[i]);
    if (at >= 0)
      problems.push({
        file,
        line: lines[at] ?? 1,
        message: `${what} ${ours[at]} is not in the first language at this place`,
      });
    else if (ours.length < theirs.length)
      problems.push({ file, line: 1, message: `${what} ${theirs[ours.length]} is missing` });
  };
  const command = ({ does, text }: { readonly does: string; readonly text: string }) => `${does} ${text}`;
  const directive = ({ name, attributes }: BodyScan['directives'][number]) => `${name} ${JSON.stringify(attributes)}`;
  const linesOf = (list: readonly { readonly line: number }[]) => list.map(({ line }) => line);
  compare('command', scan.commands.map(command), original.commands.map(command), linesOf(scan.commands));
  compare('directive', scan.directives.map(directive), original.directives.map(directive), linesOf(scan.directives));
  if (scan.steps.length !== original.steps.length)
    problems.push({
      file,
      line: 1,
      message: `expected ${original.steps.length} steps, as in the first language; got ${scan.steps.length}`,
    });
}

/**
 * Reads a course.
 * @throws LessonError listing everything that is wrong
 */
export function parseCourse(file: string, text: string): Course {
  const problems: LessonProblem[] = [];
  const fields = readYaml(file, text, 0, problems).record(['title', 'kubernetes', 'nodes', 'seed', 'lessons']);
  const course: Course = {
    title: Object.fromEntries(fields.title.map(10).map(([locale, title]) => [locale, title.text()])),
    kubernetes: fields.kubernetes.word(),
    nodes: fields.nodes.present ? fields.nodes.integer(1, 20) : 2,
    seed: fields.seed.present ? fields.seed.integer(0, 2 ** 31 - 1) : 1,
    lessons: fields.lessons.list(100).map((lesson) => {
      const folder = lesson.text('a folder such as 01-pods');
      if (folder !== '' && !/^\d\d-[a-z0-9-]+$/.test(folder)) lesson.complain('expected a folder such as 01-pods');
      return folder;
    }),
  };
  if (problems.length > 0) throw new LessonError(problems);
  return course;
}
