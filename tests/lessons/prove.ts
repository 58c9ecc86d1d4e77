/** Proves a lesson: what it promises to a learner is tried, in a real cluster, at a real shell. */
import type { Check, Lesson, LessonFiles } from '#engine/lessons';
import { Classroom } from './classroom.ts';
import type { LessonFolder } from './files.ts';

/** What a shell or a client says of a line that it cannot read. */
const UNREADABLE =
  /syntax error|command not found|unknown (shorthand )?flag|unknown command|error: unknown|flag needs an argument|invalid argument/;
const WALK_MS = 20_000;
const HINT_MS = 60_000;

/** Everything that is wrong with the lesson; empty when it holds. */
export async function proveLesson({ folder, lesson, files }: LessonFolder): Promise<readonly string[]> {
  const problems: string[] = [];
  const complain = (text: string) => problems.push(`${folder}: ${text}`);
  for (const { text } of lesson.commands.filter(({ does }) => does === 'open'))
    if (files[text] === undefined) complain(`{open=${text}}: there is no such file`);
  const first = await solve(lesson, files, complain);
  const second = await solve(lesson, files, () => undefined);
  if (first.digest !== second.digest) complain(`two runs differ: ${first.digest} and ${second.digest}`);
  await reachHints(lesson, files, first, complain);
  await walk(lesson, files, complain);
  return problems;
}

interface Solved {
  readonly digest: string;
  readonly hints: ReadonlySet<string>;
  readonly mistakes: ReadonlySet<string>;
}

async function solve(lesson: Lesson, files: LessonFiles, complain: (text: string) => void): Promise<Solved> {
  const room = await Classroom.open(lesson, files);
  try {
    for (const { id, state } of room.grade.checks)
      if (state === 'done' || state === 'failed') complain(`check ${id} is ${state} at the start`);
    for (const id of room.mistakesSeen) complain(`mistake ${id} is made at the start`);
    for (const { id, answer } of room.answers)
      if (answer !== undefined) complain(`prediction ${id} is answered at the start`);
    const start = room.now;
    for (const { run } of lesson.solution) {
      const { screen, code, asks } = await room.type(run, lesson.par.seconds * 2000);
      if (code !== 0 && !asks)
        complain(`solution: ${run}\n  exit code ${code}\n  ${screen.trim().replaceAll('\n', '\n  ')}`);
      await ready(room, lesson);
    }
    const left = Math.max(0, start + lesson.par.seconds * 2000 - room.now);
    const solved = await room.until(({ solved: is }) => is, left);
    if (!solved) {
      for (const { id, state, because } of room.grade.checks)
        if (state !== 'done' && !isFine(lesson, id, state))
          complain(`solution: after ${lesson.par.seconds * 2} s check ${id} is ${state}: ${because ?? ''}`);
    }
    const typed = room.grade.commands;
    if (typed > lesson.par.commands * 2) complain(`solution: ${typed} commands, par is ${lesson.par.commands}`);
    for (const { id, answer } of room.answers) {
      const options = lesson.predictions.find((one) => one.id === id)?.options.length ?? 0;
      if (answer === undefined) complain(`prediction ${id} is never answered by the solution`);
      else if (answer < 0 || answer >= options)
        complain(`prediction ${id}: the answer ${answer} is none of ${options} options`);
    }
    return { digest: room.digest, hints: room.hintsSeen, mistakes: room.mistakesSeen };
  } finally {
    room.close();
  }
}

/** What must not become true is open until the end. */
const isFine = (lesson: Lesson, id: string, state: string): boolean =>
  state === 'open' && lesson.checks.some((check) => check.id === id && check.fail !== undefined);

/** A learner goes on when the checks that need time have had it: until no check is holding and some seconds have passed. */
async function ready(room: Classroom, lesson: Lesson): Promise<void> {
  await room.pass(4000);
  const longest = Math.max(0, ...lesson.checks.map(({ holdMs }) => holdMs));
  await room.until(({ checks }) => checks.every(({ state }) => state !== 'holding'), longest + 1000);
}

/** Hints that the solution does not meet are reached by their own `by`, mistakes too. */
async function reachHints(
  lesson: Lesson,
  files: LessonFiles,
  met: Solved,
  complain: (text: string) => void,
): Promise<void> {
  const matches = (seen: ReadonlySet<string>, check: Check, say: string) => {
    const pattern = new RegExp(
      `^${[`${check.id}: `, ...say.split(/\$\{[^}]*\}/)]
        .map((part, i) => (i > 1 ? `[\\s\\S]*${escaped(part)}` : escaped(part)))
        .join('')}$`,
    );
    return [...seen].some((one) => pattern.test(one));
  };
  for (const check of lesson.checks) {
    for (const { say, by } of check.hints) {
      if (matches(met.hints, check, say)) continue;
      if (by === undefined)
        complain(`check ${check.id}: the solution never meets the hint "${say}"; say how to reach it with by:`);
      else if (!(await reaches(lesson, files, by, (room) => matches(room.hintsSeen, check, say))))
        complain(`check ${check.id}: ${by} does not lead to the hint "${say}"`);
    }
  }
  for (const { id, by } of lesson.mistakes) {
    if (met.mistakes.has(id)) complain(`the solution makes the mistake ${id}`);
    if (!(await reaches(lesson, files, by, (room) => room.mistakesSeen.has(id))))
      complain(`mistake ${id}: ${by} does not make it`);
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function reaches(
  lesson: Lesson,
  files: LessonFiles,
  by: string,
  seen: (room: Classroom) => boolean,
): Promise<boolean> {
  const room = await Classroom.open(lesson, files);
  try {
    for (const line of by.trim().split('\n')) await room.type(line);
    return await room.until(() => seen(room), HINT_MS);
  } finally {
    room.close();
  }
}

/** A learner runs everything the text offers, in its order. */
async function walk(lesson: Lesson, files: LessonFiles, complain: (text: string) => void): Promise<void> {
  const room = await Classroom.open(lesson, files);
  try {
    for (const { does, text, line } of lesson.commands) {
      if (does !== 'run') continue;
      for (const one of text.split('\n')) {
        const { screen } = await room.type(one, WALK_MS);
        if (UNREADABLE.test(screen)) complain(`line ${line}: ${one}\n  ${screen.trim().replaceAll('\n', '\n  ')}`);
      }
    }
  } finally {
    room.close();
  }
}
