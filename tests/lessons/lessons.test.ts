/** Every lesson keeps what it promises; one that does not is found out for the right reasons. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LessonFiles, parseLesson } from '#engine/lessons';
import { Classroom } from './classroom.ts';
import { readCourse, readLesson } from './files.ts';
import { courseNames, isIndexFresh } from './index-file.ts';
import { proveLesson } from './prove.ts';

const root = join(process.cwd(), 'public/lessons');
const lessons = courseNames(root).flatMap((name) =>
  readCourse(join(root, name)).lessons.map((folder) => [name, folder] as const),
);

test('the index says what there is', () => {
  expect(isIndexFresh(root)).toBe(true);
  expect(lessons.length).toBeGreaterThan(2);
});

test.each(lessons)('%s/%s', { timeout: 300_000 }, async (name, folder) => {
  const course = readCourse(join(root, name));
  expect(await proveLesson(readLesson(join(root, name), folder, course))).toEqual([]);
});

const canaries = join(process.cwd(), 'tests/lessons/canary');

function canary(folder: string) {
  const text = readFileSync(join(canaries, folder, 'lesson.en.md'), 'utf8');
  return parseLesson(`${folder}/lesson.en.md`, text, readCourse(canaries));
}

test('a lesson that does not hold is found out', { timeout: 120_000 }, async () => {
  const lesson = canary('01-broken');
  const problems = (await proveLesson({ folder: '01-broken', lesson, translations: {}, files: {} })).join('\n');
  for (const reason of [
    'check already is done at the start',
    'check broken is failed at the start',
    'after 10 s check never-solved is open: ConfigMaps: kube-root-ca.crt, elsewhere-2.',
    'solution: kubectl get nothing\n  exit code 1',
    'the solution never meets the hint "Nothing leads to this hint."',
    'kubectl get nodes does not lead to the hint "Its way does not lead here either."',
    'prediction unanswered is never answered',
    'mistake unmade: kubectl get pods does not make it',
    '{open=files/missing.yaml}: there is no such file',
    'unknown flag: --no-such-flag',
  ])
    expect(problems).toContain(reason);
});

test('a world with images of data, traffic, faults; holding and never', { timeout: 120_000 }, async () => {
  const lesson = canary('02-world');
  const files: LessonFiles = {
    'files/shop.yaml': readFileSync(join(canaries, '02-world/files/shop.yaml'), 'utf8'),
  };
  expect(await proveLesson({ folder: '02-world', lesson, translations: {}, files })).toEqual([]);

  const room = await Classroom.open(lesson, files);
  const state = (id: string) => room.grade.checks.find((check) => check.id === id)?.state;
  expect((await room.type('kubectl logs deploy/web')).screen).toContain('shop is open');
  expect(
    (await room.type('kubectl get pod flaky -o jsonpath={.status.containerStatuses[0].state.terminated.exitCode}'))
      .screen,
  ).toContain('3');
  expect((await room.type('kubectl exec deploy/web -- wget -qO- http://localhost:8080/slow')).screen).toMatch(
    /503|late/,
  );
  // From the start of the lesson on, the image cannot be had: a Pod on another Node waits in vain.
  await room.pass(35_000);
  expect((await room.type('cat files/shop.yaml | head -n 1')).screen).toContain('apiVersion: apps/v1');
  await room.type('kubectl scale deployment web --replicas=2');
  expect(state('scaled')).not.toBe('done');
  expect(
    await room.until(({ checks }) => checks.some(({ id, state: is }) => id === 'scaled' && is === 'holding'), 30_000),
  ).toBe(true);
  // A request fails: that cannot be made good.
  await room.type('kubectl scale deployment web --replicas=0');
  await room.pass(10_000);
  expect(state('nodrop')).toBe('failed');
  await room.type('kubectl delete service web');
  expect(state('gone')).toBe('failed');
  expect(room.grade.solved).toBe(false);
  room.close();
});
