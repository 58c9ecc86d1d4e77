/**
 * Regular expressions as Go has them: RE2's syntax, leftmost-first, in time linear in the text. In a room of their own, for those who need
 * patterns that users write.
 */
import { RE2JS, RE2JSException } from 're2js';

/** A pattern that Go does not take; the message is `error parsing regexp: …`. */
export class RegexpError extends Error {}

/** A compiled pattern. */
export interface GoRegexp {
  /** Whether it matches anywhere. */
  test(text: string): boolean;
  /** The first match; undefined when there is none. */
  find(text: string): string | undefined;
  /** Matches from left to right, at most `limit`; below 0: all. An empty match right behind a match does not count. */
  findAll(text: string, limit: number): readonly string[];
}

const MAX_KNOWN = 1000;
const known = new Map<string, GoRegexp | RegexpError>();

/** Throws RegexpError. @upstream Go regexp.Compile */
export function compileRegexp(pattern: string): GoRegexp {
  let found = known.get(pattern);
  if (!found) {
    if (known.size >= MAX_KNOWN) known.clear();
    found = compile(pattern);
    known.set(pattern, found);
  }
  if (found instanceof RegexpError) throw found;
  return found;
}

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

function compile(pattern: string): GoRegexp | RegexpError {
  let regexp: RE2JS;
  try {
    regexp = RE2JS.compile(pattern);
  } catch (error) {
    // Go names the offending part even where there is none.
    if (error instanceof RE2JSException)
      return new RegexpError(error.message.replace(/(trailing backslash at end of expression)$/, '$1: ``'));
    throw error;
  }
  return {
    test: (text) => regexp.test(text),
    find: (text) => {
      const matcher = regexp.matcher(text);
      return matcher.find() ? (matcher.group() ?? '') : undefined;
    },
    findAll: (text, limit) => findAll(regexp, text, limit),
  };
}

function findAll(regexp: RE2JS, text: string, limit: number): readonly string[] {
  const found: string[] = [];
  const matcher = regexp.matcher(text);
  let end = -1;
  while ((limit < 0 || found.length < limit) && matcher.find()) {
    const isAbutting = matcher.start() === end && matcher.end() === end;
    end = matcher.end();
    if (!isAbutting) found.push(matcher.group() ?? '');
  }
  return found;
}
