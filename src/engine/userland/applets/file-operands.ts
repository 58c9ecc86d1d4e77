/** What file commands do per operand. */
import { OsError, type Process } from '#engine/os';
import { complain } from '../applet.ts';

export const trimSlash = (path: string): string => path.replace(/(.)\/+$/, '$1');
export const baseName = (path: string): string => trimSlash(path).replace(/^.*\/(?=.)/, '');

/** Runs `act` per operand; a failure is told as `cannot …` and counts. */
export async function forEach(
  process: Process,
  operands: readonly string[],
  act: (operand: string) => Promise<unknown> | undefined,
  describe: (operand: string, error: OsError) => string,
): Promise<number> {
  let code = 0;
  for (const operand of operands) {
    try {
      await act(operand);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      await complain(process, describe(operand, error));
      code = 1;
    }
  }
  return code;
}
