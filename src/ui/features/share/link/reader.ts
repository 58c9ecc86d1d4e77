/** Reading a stranger's JSON by hand: own properties only, known fields only, everything bounded. Each reader throws LinkError. */
import { LinkError } from './codec.ts';

export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [field: string]: Json };

export class Fields {
  private readonly left: Set<string>;
  private readonly source: object;

  constructor(
    value: unknown,
    private readonly where: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'an object');
    this.source = value;
    this.left = new Set(Object.keys(value));
  }

  private take(name: string): unknown {
    this.left.delete(name);
    return Object.hasOwn(this.source, name) ? (this.source as { readonly [name: string]: unknown })[name] : undefined;
  }

  text(name: string, longest: number): string {
    const value = this.take(name);
    if (typeof value !== 'string') throw wrong(`${this.where}.${name}`, 'text');
    if (value.length > longest) throw wrong(`${this.where}.${name}`, `at most ${longest} characters`);
    return value;
  }

  optionalText(name: string, longest: number): string | undefined {
    return this.has(name) ? this.text(name, longest) : undefined;
  }

  /** A finite number within bounds. */
  number(name: string, least: number, most: number): number {
    const value = this.take(name);
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw wrong(`${this.where}.${name}`, `a number from ${least} to ${most}`);
    return value;
  }

  integer(name: string, least: number, most: number): number {
    const value = this.number(name, least, most);
    if (!Number.isSafeInteger(value)) throw wrong(`${this.where}.${name}`, 'a whole number');
    return value;
  }

  optionalInteger(name: string, least: number, most: number): number | undefined {
    return this.has(name) ? this.integer(name, least, most) : undefined;
  }

  flag(name: string): boolean {
    const value = this.take(name);
    if (value !== undefined && typeof value !== 'boolean') throw wrong(`${this.where}.${name}`, 'true or false');
    return value ?? false;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.take(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw wrong(`${this.where}.${name}`, `one of ${choices.join(', ')}`);
    return found;
  }

  optionalOneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.has(name) ? this.oneOf(name, choices) : undefined;
  }

  list(name: string, most: number): readonly unknown[] {
    const value = this.take(name);
    if (!Array.isArray(value)) throw wrong(`${this.where}.${name}`, 'a list');
    if (value.length > most) throw wrong(`${this.where}.${name}`, `at most ${most} entries, not ${value.length}`);
    return value;
  }

  fields(name: string): Fields {
    return new Fields(this.take(name), `${this.where}.${name}`);
  }

  optionalFields(name: string): Fields | undefined {
    return this.has(name) ? this.fields(name) : undefined;
  }

  /** Texts by name: headers, labels. */
  texts(name: string, most: number, longest: number): { readonly [name: string]: string } {
    const inner = this.fields(name);
    const names = [...inner.left];
    if (names.length > most) throw wrong(`${this.where}.${name}`, `at most ${most} entries`);
    return Object.fromEntries(names.map((one) => [one, inner.text(one, longest)]));
  }

  /** Data that others will read strictly: copied without anything but plain values, no deeper than `depth`. */
  json(name: string, depth: number): Json {
    return copyJson(this.take(name), `${this.where}.${name}`, depth);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.source, name);
  }

  /** Nothing may be left that nobody read. */
  end(): void {
    for (const name of this.left) throw wrong(`${this.where}.${name.slice(0, 60)}`, 'absent');
  }
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

function copyJson(value: unknown, where: string, depth: number): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object' || value === null)
    throw wrong(where, 'text, a number, true, false, a list or an object');
  if (depth === 0) throw wrong(where, 'less deep');
  if (Array.isArray(value)) return value.map((item) => copyJson(item, where, depth - 1));
  const entries: [string, Json][] = Object.entries(value).map(([name, field]) => {
    if (FORBIDDEN.has(name)) throw wrong(`${where}.${name}`, 'absent');
    return [name, copyJson(field, where, depth - 1)];
  });
  return Object.fromEntries(entries);
}

export const wrong = (where: string, wanted: string): LinkError =>
  new LinkError('broken', `${where} has to be ${wanted}`);

/** How deep a text of JSON nests, without parsing it: a parser recurses, and a stranger may want it to. */
export function nestsTooDeep(text: string, most: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (quoted) {
      if (character === 92) at++;
      else if (character === 34) quoted = false;
    } else if (character === 34) quoted = true;
    else if (character === 123 || character === 91) {
      if (++depth > most) return true;
    } else if (character === 125 || character === 93) depth--;
  }
  return false;
}
