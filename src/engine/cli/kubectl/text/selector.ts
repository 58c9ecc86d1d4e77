/** A label selector's text as the selector object of a spec. */
import { parseLabelSelector } from '#engine/apimachinery';
import type { JsonObject } from './json.ts';

const OPERATORS: { readonly [operator: string]: string } = {
  in: 'In',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

export function selectorObject(text: string): JsonObject {
  parseLabelSelector(text);
  const matchLabels: { [key: string]: string } = {};
  const matchExpressions: JsonObject[] = [];
  for (const part of text.split(/,(?![^(]*\))/).map((piece) => piece.trim())) {
    const equality = /^([^=!\s]+)\s*==?\s*(\S*)$/.exec(part);
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
    if (equality) matchLabels[equality[1] as string] = equality[2] as string;
    else if (set) {
      matchExpressions.push({
        key: set[1] as string,
        operator: OPERATORS[set[2] as string] as string,
        values: (set[3] as string).split(',').map((value) => value.trim()),
      });
    } else if (part.includes('!=')) {
      const [key, value] = part.split('!=') as [string, string];
      matchExpressions.push({ key: key.trim(), operator: 'NotIn', values: [value.trim()] });
    } else if (part !== '') {
      matchExpressions.push(
        part.startsWith('!') ? { key: part.slice(1), operator: 'DoesNotExist' } : { key: part, operator: 'Exists' },
      );
    }
  }
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}
