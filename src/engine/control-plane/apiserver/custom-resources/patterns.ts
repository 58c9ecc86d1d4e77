/** The patterns of schemas. */
import { compileRegexp, regexpFault } from '#engine/apimachinery/regexp';

/** Whether the pattern matches somewhere in the text; one that is none never does. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  regexpFault(pattern) === undefined && compileRegexp(pattern).test(text);
