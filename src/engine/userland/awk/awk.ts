/** The awk command. */
import { openSource, readText } from '#engine/os';
import { type Applet, complain, parseOptions, UsageError } from '../applet.ts';
import { Awk } from './interpreter.ts';
import { AwkSyntaxError } from './lexer.ts';
import { parseAwk } from './parser.ts';
import { AwkError } from './values.ts';

/** @fidelity partial: the POSIX language; RS is one character or empty, no -n and no gawk extensions but gensub, strftime and systime */
export const awk: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    values: 'Fvf',
    long: { 'field-separator=': 'F', 'assign=': 'v', 'file=': 'f' },
    stopAtOperand: true,
  });
  const operands = [...options.operands];
  let source = '';
  for (const path of options.all('f')) source += `${await readText(openSource(process, path))}\n`;
  if (!options.has('f')) {
    const first = operands.shift();
    if (first === undefined) throw new UsageError('no program given');
    source = first;
  }
  try {
    const runner = new Awk(process, parseAwk(source));
    const separator = options.value('F');
    if (separator !== undefined) runner.assign(`FS=${separator === 't' ? '\t' : separator}`);
    for (const text of options.all('v')) runner.assign(text);
    return await runner.run(operands);
  } catch (error) {
    if (!(error instanceof AwkError || error instanceof AwkSyntaxError)) throw error;
    await complain(process, error.message);
    return 2;
  }
};
