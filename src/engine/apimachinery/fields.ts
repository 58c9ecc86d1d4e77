/**
 * Field selectors: `status.phase=Running,spec.nodeName!=`. Which fields a kind knows is its strategy's to say.
 * @upstream staging/src/k8s.io/apimachinery/pkg/fields/selector.go
 */
import { compareText } from './json-value.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Every requirement must hold; none at all matches everything. */
export type FieldSelector = readonly FieldRequirement[];

/** The text is no field selector; the message is upstream's. */
export class FieldSelectorError extends Error {
  override readonly name = 'FieldSelectorError';
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

const operators = ['!=', '==', '='] as const;

function splitTerm(term: string): readonly [string, '=' | '!=', string] | undefined {
  for (let i = 0; i < term.length; i++) {
    const operator = operators.find((candidate) => term.startsWith(candidate, i));
    if (operator) return [term.slice(0, i), operator === '!=' ? '!=' : '=', term.slice(i + operator.length)];
  }
  return undefined;
}

function unescapeValue(text: string): string {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '\\') {
      const next = text[++i] ?? '';
      if (next === '' || !'\\,='.includes(next)) {
        throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
      }
      value += next;
    } else if (c === ',' || c === '=') {
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`);
    } else value += c;
  }
  return value;
}

const escapeValue = (value: string): string => value.replace(/[\\,=]/g, (c) => `\\${c}`);

/**
 * Throws FieldSelectorError. Requirements come sorted by their text, as upstream sorts them.
 * @fidelity full
 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort(compareText)) {
    if (term === '') continue;
    const parts = splitTerm(term);
    if (!parts) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    const [field, operator, value] = parts;
    requirements.push({ field, operator, value: unescapeValue(value) });
  }
  return requirements;
}

/** Whether an object whose fields read as `fieldValue` says is selected. */
export const matchesFields = (selector: FieldSelector, fieldValue: (field: string) => string): boolean =>
  selector.every(({ field, operator, value }) => (fieldValue(field) === value) === (operator === '='));

export const formatFieldSelector = (selector: FieldSelector): string =>
  selector.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(',');

/** The value a selector demands of a field, if it demands exactly one: lets storage use an index. */
export const requiredFieldValue = (selector: FieldSelector, field: string): string | undefined =>
  selector.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;
