import { describe, expect, it } from 'vitest';
import { JsonSyntaxError, parseJson } from './json-text.ts';
import { parseYaml, parseYamlDocuments } from './yaml/parse.ts';
import { YamlSyntaxError } from './yaml-syntax.ts';

describe('JSON as Go reads it', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['apiVersion: v1', "invalid character 'a' looking for beginning of value"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ])('%j', (text, message) => {
    expect(() => parseJson(text)).toThrow(JsonSyntaxError);
    expect(() => parseJson(text)).toThrow(message);
  });

  it('keeps the last of repeated fields and says so', () => {
    const { value, duplicates } = parseJson('{"a":1,"b":{"c":1,"c":2},"a":3}');
    expect(value).toEqual({ a: 3, b: { c: 2 } });
    expect([...duplicates.values()]).toEqual([['c'], ['a']]);
  });

  it('reads what JSON.parse reads', () => {
    const text = '{"s":"\\u00e9\\n\\"","n":[0,-1.5,2e3],"t":true,"f":false,"z":null,"__proto__":{"x":1}}';
    expect(JSON.stringify(parseJson(text).value)).toBe(JSON.stringify(JSON.parse(text)));
  });
});

describe('YAML as upstream reads it', () => {
  it.each([
    ['a: yes', { a: true }],
    ['a: y', { a: true }],
    ['a: "yes"', { a: 'yes' }],
    ['a: 010', { a: 8 }],
    ['a: 0x1f', { a: 31 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 1e3', { a: 1000 }],
    ['a: 12:30:45', { a: '12:30:45' }],
    ['a: 2024-01-02', { a: '2024-01-02' }],
    ['a: 2024-01-02T03:04:05Z', { a: '2024-01-02T03:04:05Z' }],
    ['a: ~', { a: null }],
    ['on: 1\n80: 2', { 80: 2, true: 1 }],
    ['x: &x {a: 1}\nz:\n  <<: *x\n  b: 2', { x: { a: 1 }, z: { a: 1, b: 2 } }],
    ['y: 1', { true: 1 }],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['{"a": [1, "b"]}', { a: [1, 'b'] }],
    ['', null],
  ])('%j', (text, value) => expect(parseYaml(text).value).toEqual(value));

  it.each([
    ['a: b: c', 'yaml: mapping values are not allowed in this context'],
    ['a:\n\tb: 1', 'yaml: line 2: found character that cannot start any token'],
  ])('%j is refused', (text, message) => {
    expect(() => parseYaml(text)).toThrow(YamlSyntaxError);
    expect(() => parseYaml(text)).toThrow(message);
  });

  it('reads every document, sorts keys and notes repeated ones', () => {
    const documents = parseYamlDocuments('b: 1\na: 2\na: 3\n---\nc: 4\n');
    expect(documents.map(({ value }) => JSON.stringify(value))).toEqual(['{"a":3,"b":1}', '{"c":4}']);
    expect(documents[0]?.duplicates).toEqual(['line 3: key "a" already set in map']);
  });
});
