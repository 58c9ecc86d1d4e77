/**
 * KYAML: YAML in flow style with quoted strings, as `-o kyaml` prints it.
 * @upstream sigs.k8s.io/yaml/kyaml
 */

import { compareText } from '#engine/apimachinery';
import { goQuote } from './go-quote.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { resolvesToString } from './yaml-resolve.ts';

export const toKyaml = (value: Json): string => `---\n${render(value, '')}\n`;

function render(value: Json, indent: string): string {
  if (typeof value === 'string') return renderString(value, indent);
  if (isArray(value)) return renderList(value, indent);
  if (isObject(value)) return renderMap(value, indent);
  return String(value);
}

function renderMap(value: JsonObject, indent: string): string {
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(compareText);
  if (keys.length === 0) return '{}';
  const inner = `${indent}  `;
  const lines = keys.map((key) => `${inner}${renderKey(key)}: ${render(value[key] as Json, inner)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

/** Structures cuddle: `[{ … }, { … }]`. */
function renderList(value: readonly Json[], indent: string): string {
  if (value.length === 0) return '[]';
  if (value.every((item) => (isObject(item) && Object.keys(item).length > 0) || (isArray(item) && item.length > 0))) {
    return `[${value.map((item) => render(item, indent)).join(', ')}]`;
  }
  const inner = `${indent}  `;
  return `[\n${value.map((item) => `${inner}${render(item, inner)},\n`).join('')}${indent}]`;
}

const renderKey = (key: string): string =>
  /^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(key) && resolvesToString(key) ? key : goQuote(key);

function renderString(value: string, indent: string): string {
  if (!value.includes('\n')) return goQuote(value);
  const inner = `${indent}  `;
  const lines = value.split('\n');
  const last = lines.pop() as string;
  const body = lines.map((line) => `${inner} ${goQuote(line).slice(1, -1)}\\n\\\n`).join('');
  const tail = last === '' ? inner : `${inner} ${goQuote(last).slice(1, -1)}\\\n${inner}`;
  return `"\\\n${body}${tail}"`;
}
