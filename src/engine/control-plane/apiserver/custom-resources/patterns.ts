/** The patterns of schemas. */
import { compileRegexp, RegexpError } from '#engine/apimachinery/regexp';

/** What Go says of a pattern that is none. */
export function regexpFault(pattern: string): string | undefined {
  try {
    compileRegexp(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RegexpError) return error.message;
    throw error;
  }
}

/** Whether the pattern matches somewhere in the text; one that is none never does. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  regexpFault(pattern) === undefined && compileRegexp(pattern).test(text);
