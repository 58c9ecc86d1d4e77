import { expect, test } from 'vitest';
import { splitSteps } from './body.ts';
import { LessonError } from './lesson.ts';
import { parseCourse, parseLesson, translateLesson } from './parse-lesson.ts';

const HOLE = ['$', '{pods().size()}'].join('');
const COURSE = { nodes: 2, seed: 1 };
const FRONT = `id: a/b
title: T
level: beginner
minutes: 5
concepts: [Pod]
checks:
  - { id: one, say: One, when: 'exists("pod/a")', because: 'Pods: \${pods().size()}.', hints: [Try] }
  - { id: two, say: Two, needs: [one], never: 'traffic("svc/a").failed > 0', since: one }
solution: [{ run: kubectl run a --image=b }]
par: { commands: 1, seconds: 10 }
`;
const BODY = 'Hello.\n\n## One\n\n`kubectl get pods`{run}\n\n::check{ids="one two"}\n';
const file = (front = FRONT, body = BODY) => `---\n${front}---\n${body}`;
const parse = (text: string) => parseLesson('l.md', text, COURSE);

function problemsOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof LessonError) return error.message;
    throw error;
  }
  return '';
}

test('a lesson is read', () => {
  const lesson = parse(file());
  expect(lesson.checks.map(({ id, holdMs }) => [id, holdMs])).toEqual([
    ['one', 0],
    ['two', 0],
  ]);
  expect(lesson.commands).toEqual([{ does: 'run', text: 'kubectl get pods', line: 17 }]);
  expect(lesson.world.nodes).toBe(2);
  expect(splitSteps(lesson.body).map(({ title }) => title)).toEqual(['', 'One']);
});

test.each([
  ['an unknown key', file(`${FRONT}colour: red\n`), 'l.md:12: colour: unknown key; expected one of id, title'],
  [
    'a missing key',
    file(FRONT.replace('minutes: 5\n', '')),
    'minutes: is missing; expected a whole number from 1 to 240',
  ],
  ['a wrong type', file(FRONT.replace('minutes: 5', 'minutes: soon')), 'l.md:5: minutes: expected a whole number'],
  [
    'a bad duration',
    file(FRONT.replace('say: One', 'say: One, hold: soon')),
    'checks[0].hold: expected a duration such as 10s',
  ],
  ['CEL that does not parse', file(FRONT.replace('exists("pod/a")', 'exists(')), 'l.md:8: checks[0].when:'],
  ['a function that is not there', file(FRONT.replace('exists("pod/a")', 'logs("a") == ""')), 'logs'],
  ['a kind that is not there', file(FRONT.replace('exists("pod/a")', 'exists("pood/a")')), 'unknown kind: pood'],
  ['a hole that does not parse', file(FRONT.replace('pods().size()', 'pods(')), `${'$'}{pods(}`],
  [
    'a check without a reason',
    file(FRONT.replace(/because: '[^']*', /, '')),
    'because: is missing; a check has to say why',
  ],
  [
    'two kinds of check in one',
    file(FRONT.replace('say: Two', 'say: Two, when: "true"')),
    'exactly one of when, never and fail',
  ],
  ['a later check needed', file(FRONT.replace('needs: [one]', 'needs: [three]')), 'there is no earlier check three'],
  ['the same id twice', file(FRONT.replace('id: two', 'id: one')), 'the id one is already taken'],
  [
    'an alias',
    file(FRONT.replace('[Pod]', '&a [Pod]').replace('say: Two', 'say: *a')),
    'anchors and aliases are not allowed',
  ],
  ['a key twice', file(`${FRONT}title: U\n`), 'l.md:12: Map keys must be unique'],
  ['an unknown directive', file(FRONT, `${BODY}\n::quiz{id=a}\n`), 'l.md:21: unknown directive quiz'],
  ['a replay', file(FRONT, `${BODY}\n::demo{at=1}\n`), '::demo is not there yet'],
  ['raw HTML', file(FRONT, `${BODY}\nA <script>alert(1)</script>\n`), 'raw HTML is not allowed: <script>'],
  ['a block left open', file(FRONT, `${BODY}\n:::debrief\nx\n`), ':::debrief is never closed'],
  ['an unknown attribute', file(FRONT, BODY.replace('{ids=', '{colour=red ids=')), 'check has no attribute colour'],
  ['a check that is nowhere', file(FRONT, BODY.replace('one two', 'one')), 'check two is nowhere in the text'],
  ['no front matter', 'Hello', 'expected front matter'],
  ['a path that leads away', file(`${FRONT}world: { apply: [files/../../x] }\n`), 'a path may not contain ..'],
  [
    'a fault that is none',
    file(`${FRONT}world: { faults: [{ at: 1s, do: node.melt }] }\n`),
    'expected one of node.crash',
  ],
  [
    'a fault without its object',
    file(`${FRONT}world: { faults: [{ at: 1s, do: node.crash }] }\n`),
    'node.crash needs node',
  ],
])('%s is refused', (_, text, message) => {
  expect(problemsOf(() => parse(text))).toContain(message);
});

test('all that is wrong is said at once', () => {
  const text = file(`${FRONT.replace('minutes: 5', 'minutes: 0')}colour: red\n`, `${BODY}\n<b>x</b>\n`);
  expect(problemsOf(() => parse(text)).split('\n')).toHaveLength(3);
});

const ZH = `id: a/b
title: 题
checks:
  - { id: one, say: 一, because: 'Pod：\${pods().size()}。', hints: [试试] }
  - { id: two, say: 二 }
`;

test('a translation brings words, and nothing else', () => {
  const original = parse(file());
  const lesson = translateLesson('z.md', file(ZH), original);
  expect(lesson.checks[0]).toMatchObject({
    say: '一',
    when: 'exists("pod/a")',
    because: [{ say: `Pod：${HOLE}。` }],
  });
  const refused = (front: string, body = BODY) =>
    problemsOf(() => translateLesson('z.md', file(front, body), original));
  expect(refused(ZH.replace(HOLE, '0'))).toContain(`expected the same values: ${HOLE}`);
  expect(refused(ZH.replace('id: two', 'id: deux'))).toContain('expected two');
  expect(refused(ZH.replace('say: 二', 'say: 二, when: "true"'))).toContain('unknown key');
  expect(refused(ZH, BODY.replace('get pods', 'get nodes'))).toContain(
    'command run kubectl get nodes is not in the first language',
  );
  expect(refused(ZH, BODY.replace('## One\n', ''))).toContain('expected 1 steps');
});

test('a course', () => {
  const text = 'title: { en: C }\nkubernetes: "1.36"\nlessons: [01-a]\n';
  expect(parseCourse('c.yaml', text)).toMatchObject({ nodes: 2, lessons: ['01-a'] });
  expect(problemsOf(() => parseCourse('c.yaml', text.replace('01-a', '../a')))).toContain(
    'expected a folder such as 01-pods',
  );
});
