/** All functions by name. */
import { ARITHMETIC, type CelFunction } from './arithmetic.ts';
import { AUTHORIZER } from './authorizer.ts';
import { CALENDAR } from './calendar.ts';
import { COLLECTIONS } from './collections.ts';
import { FORMATS } from './formats.ts';
import { IP } from './ip.ts';
import { QUANTITIES } from './quantities.ts';
import { STRINGS } from './strings.ts';
import { TEXT_FORMAT } from './text-format.ts';
import { URLS } from './urls.ts';

const LIBRARIES: readonly { readonly [name: string]: CelFunction }[] = [
  ARITHMETIC,
  STRINGS,
  TEXT_FORMAT,
  COLLECTIONS,
  CALENDAR,
  QUANTITIES,
  IP,
  URLS,
  FORMATS,
  AUTHORIZER,
];

/** The function; libraries that share a name are asked one after the other until one has an overload. */
export function functionNamed(name: string): CelFunction | undefined {
  const found = LIBRARIES.flatMap((library) => (Object.hasOwn(library, name) ? [library[name] as CelFunction] : []));
  if (found.length <= 1) return found[0];
  return (...args) => {
    for (const call of found) {
      const result = call(...args);
      if (result !== undefined) return result;
    }
    return undefined;
  };
}
