/**
 * kubectl's JSONPath: templates with paths, filters, recursive descent, `range` … `end`.
 * @upstream staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go
 */
import { compareText, goDynamicType, goPrint, isJsonMap } from './json-value.ts';
import { JsonPathError, type PathNode, type SliceParam, type TemplateNode } from './jsonpath-parser.ts';

export interface JsonPathOptions {
  /** A field that is not there yields nothing instead of an error; kubectl get's default. */
  readonly allowMissingKeys?: boolean;
}

const fail = (message: string): never => {
  throw new JsonPathError(message);
};

type Values = readonly unknown[];

function evalField(input: Values, name: string, options: JsonPathOptions): Values {
  if (input.length === 0) return input;
  const results: unknown[] = [];
  for (const value of input) if (isJsonMap(value) && value[name] !== undefined) results.push(value[name]);
  return results.length > 0 || options.allowMissingKeys ? results : fail(`${name} is not found`);
}

function slice(value: readonly unknown[], params: readonly SliceParam[]): unknown[] {
  const [first, second, third] = params as readonly [SliceParam, SliceParam, SliceParam];
  const { length } = value;
  const start = first.value < 0 ? first.value + length : first.value;
  let end = second.known ? second.value : length;
  if (end < 0 || (end === 0 && second.derived)) end += length;
  if (start === end) return [];
  const outside = (index: number) => fail(`array index out of bounds: index ${index}, length ${length}`);
  if (start >= length || start < 0) outside(start);
  if (end > length || end < 0) outside(end - 1);
  if (start > end) fail(`starting index ${start} is greater than ending index ${end}`);
  const step = third.known ? third.value : 1;
  if (step <= 0) fail('step must be > 0');
  return value.slice(start, end).filter((_, i) => i % step === 0);
}

function evalArray(input: Values, params: readonly SliceParam[]): Values {
  return input.flatMap((value) => {
    if (value === null) return [];
    return Array.isArray(value) ? slice(value, params) : fail(`${goDynamicType(value)} is not array or slice`);
  });
}

const childrenOf = (value: unknown): Values =>
  Array.isArray(value) ? value : isJsonMap(value) ? Object.values(value) : [];

function evalRecursive(input: Values): Values {
  return input.flatMap((value) => {
    const children = childrenOf(value);
    return children.length > 0 ? [value, ...evalRecursive(children)] : [];
  });
}

function compare(left: unknown, right: unknown, operator: string): boolean {
  if (typeof left !== typeof right) return fail('incompatible types for comparison');
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'boolean' || typeof left === 'object') return fail('invalid type for comparison');
  const order = typeof left === 'number' ? left - (right as number) : compareText(String(left), String(right));
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  return fail(`unrecognized filter operator ${operator}`);
}

function evalFilter(input: Values, node: PathNode & { readonly type: 'filter' }, options: JsonPathOptions): Values {
  const passes = (item: unknown): boolean => {
    if (node.operator === 'exists') return evalPath([item], node.left, { allowMissingKeys: true }).length > 0;
    const lefts = evalPath([item], node.left, options);
    if (lefts.length === 0) return false;
    if (lefts.length > 1) return fail('can only compare one element at a time');
    const rights = evalPath([item], node.right, options);
    if (rights.length === 0) return false;
    if (rights.length > 1) return fail('can only compare one element at a time');
    return compare(lefts[0], rights[0], node.operator);
  };
  return input.flatMap((value) =>
    Array.isArray(value)
      ? value.filter(passes)
      : fail(`${goPrint(value)} is not array or slice and cannot be filtered`),
  );
}

function evalNode(input: Values, node: PathNode, options: JsonPathOptions): Values {
  switch (node.type) {
    case 'text':
      return [node.text];
    case 'literal':
      return [node.value];
    case 'field':
      return evalField(input, node.name, options);
    case 'array':
      return evalArray(input, node.params);
    case 'wildcard':
      return input.flatMap(childrenOf);
    case 'recursive':
      return evalRecursive(input);
    case 'union':
      return node.lists.flatMap((list) => evalPath(input, list, options));
    case 'filter':
      return evalFilter(input, node, options);
    case 'identifier':
      return node.name === 'range' ? input : fail(`unrecognized identifier ${node.name}`);
  }
}

const evalPath = (input: Values, path: readonly PathNode[], options: JsonPathOptions): Values =>
  path.reduce<Values>((values, node) => evalNode(values, node, options), input);

const isIdentifier = (node: TemplateNode, name: string) =>
  'path' in node && node.path.some((step) => step.type === 'identifier' && step.name === name);

/** The `end` that closes the range opened at `from - 1`; the end of the template closes it too. */
function closingEnd(template: readonly TemplateNode[], from: number): number {
  let depth = 0;
  for (let i = from; i < template.length; i++) {
    const node = template[i] as TemplateNode;
    if (isIdentifier(node, 'range')) depth++;
    else if (isIdentifier(node, 'end') && depth-- === 0) return i;
  }
  return template.length;
}

/**
 * What each part of the template finds: one list per text and per pair of braces. Throws JsonPathError.
 * @fidelity full
 */
export function findJsonPath(
  template: readonly TemplateNode[],
  data: unknown,
  options: JsonPathOptions = {},
): Values[] {
  const results: Values[] = [];
  for (let i = 0; i < template.length; i++) {
    const node = template[i] as TemplateNode;
    if ('text' in node) results.push([node.text]);
    else if (isIdentifier(node, 'end')) fail('not in range, nothing to end');
    else {
      const found = evalPath([data], node.path, options);
      if (!isIdentifier(node, 'range')) {
        results.push(found);
        continue;
      }
      const end = closingEnd(template, i + 1);
      const body = template.slice(i + 1, end);
      for (const value of found) results.push(...findJsonPath(body, value, options));
      i = end;
    }
  }
  return results;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort(compareText)
      .filter((key) => value[key] !== undefined)
      .map((key) => [key, sorted(value[key])]),
  );
}

const htmlEscapes: { readonly [c: string]: string } = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** As Go marshals it: keys sorted, no spaces, HTML characters escaped. */
export const goJson = (value: unknown): string =>
  JSON.stringify(sorted(value)).replace(/[<>&]/g, (c) => htmlEscapes[c] as string);

const print = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'object' ? goJson(value) : String(value);
};

/** The text kubectl prints: values of one pair of braces joined by a space, maps and lists as JSON. */
export const evaluateJsonPath = (
  template: readonly TemplateNode[],
  data: unknown,
  options: JsonPathOptions = {},
): string =>
  findJsonPath(template, data, options)
    .map((values) => values.map(print).join(' '))
    .join('');
