/** `npm run lessons [-- --write] [folder …]`: proves every lesson of every course, and that the index says what there is. `--write` makes the index. */
import { join } from 'node:path';
import { LessonError } from '#engine/lessons';
import { readCourse, readLesson } from './files.ts';
import { courseNames, isIndexFresh, writeIndex } from './index-file.ts';
import { proveLesson } from './prove.ts';

const root = join(process.cwd(), 'public/lessons');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const problemsOf = ({ problems }: LessonError): readonly string[] =>
  problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);

async function problemsIn(name: string, folder: string): Promise<readonly string[]> {
  try {
    return await proveLesson(readLesson(join(root, name), folder, readCourse(join(root, name))));
  } catch (error) {
    if (error instanceof LessonError) return problemsOf(error);
    throw error;
  }
}

function indexProblems(): readonly string[] {
  try {
    if (process.argv.includes('--write')) writeIndex(root);
    return isIndexFresh(root) ? [] : ['index.json does not say what there is: npm run lessons -- --write'];
  } catch (error) {
    if (error instanceof LessonError) return problemsOf(error);
    throw error;
  }
}

function report(what: string, problems: readonly string[]): number {
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${what}\n`);
  for (const problem of problems) process.stdout.write(`  ${problem.replaceAll('\n', '\n  ')}\n`);
  return problems.length;
}

async function main(): Promise<number> {
  let failed = report('index', indexProblems());
  for (const name of courseNames(root))
    for (const folder of readCourse(join(root, name)).lessons)
      if (only.length === 0 || only.includes(folder))
        failed += report(`${name}/${folder}`, await problemsIn(name, folder));
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
