/** A decoded JSON value as Go's %#v prints it. */

import { compareText } from '#engine/apimachinery';
import { goQuote } from './go-quote.ts';
import { isArray, isObject, type Json } from './json.ts';

export function goSyntax(value: Json | undefined): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort(compareText);
    return `map[string]interface {}{${keys.map((key) => `${goQuote(key)}:${goSyntax(value[key])}`).join(', ')}}`;
  }
  return String(value);
}
