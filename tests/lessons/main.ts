/** `npm run lessons [folder …]`: proves every lesson of every course, and that the index says what there is. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LessonError } from '#engine/lessons';
import { readCourse, readLesson } from './files.ts';
import { proveLesson } from './prove.ts';

const root = join(process.cwd(), 'public/lessons');
const only = process.argv.slice(2);

async function main(): Promise<number> {
  let failed = 0;
  for (const name of readdirSync(root).filter((one) => statSync(join(root, one)).isDirectory())) {
    const course = readCourse(join(root, name));
    for (const folder of course.lessons.filter((one) => only.length === 0 || only.includes(one))) {
      let problems: readonly string[];
      try {
        problems = await proveLesson(readLesson(join(root, name), folder, course));
      } catch (error) {
        if (!(error instanceof LessonError)) throw error;
        problems = error.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
      }
      failed += problems.length;
      process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}/${folder}\n`);
      for (const problem of problems) process.stdout.write(`  ${problem.replaceAll('\n', '\n  ')}\n`);
    }
  }
  process.stdout.write(failed === 0 ? 'every lesson holds\n' : `${failed} problems\n`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  },
);
