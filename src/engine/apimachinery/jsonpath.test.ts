import { describe, expect, it } from 'vitest';
import { evaluateJsonPath } from './jsonpath.ts';
import { parseJsonPath } from './jsonpath-parser.ts';

const data = {
  kind: 'List',
  items: [
    {
      kind: 'None',
      metadata: { name: '127.0.0.1', labels: { 'kubernetes.io/hostname': '127.0.0.1' } },
      status: { capacity: { cpu: '4' }, addresses: [{ type: 'LegacyHostIP', address: '127.0.0.1' }] },
    },
    {
      kind: 'None',
      metadata: { name: '127.0.0.2' },
      status: {
        capacity: { cpu: '8' },
        addresses: [
          { type: 'LegacyHostIP', address: '127.0.0.2' },
          { type: 'another', address: '127.0.0.3' },
        ],
      },
    },
  ],
  users: [
    { name: 'myself', user: {} },
    { name: 'e2e', user: { username: 'admin', password: 'secret' } },
  ],
  empty: [],
  n: 3,
};

describe('JSONPath', () => {
  it.each([
    ['{.kind}', 'List'],
    ['kind is {.kind}!', 'kind is List!'],
    ["{['kind']}", 'List'],
    ['{..name}', '127.0.0.1 127.0.0.2 myself e2e'],
    ['{.items[*].metadata.name}', '127.0.0.1 127.0.0.2'],
    ['{.items[0].metadata.name}', '127.0.0.1'],
    ['{.items[-1].metadata.name}', '127.0.0.2'],
    ['{.items[0:1].metadata.name}', '127.0.0.1'],
    ['{.users[?(@.name=="e2e")].user.password}', 'secret'],
    ['{.users[?(@.user.username)].name}', 'e2e'],
    ["{.items[*]['metadata.name', 'status.capacity']}", '127.0.0.1 127.0.0.2 {"cpu":"4"} {"cpu":"8"}'],
    ['{range .items[*]}[{.metadata.name}, {.status.capacity.cpu}] {end}', '[127.0.0.1, 4] [127.0.0.2, 8] '],
    [
      '{range .items[*]}{.metadata.name}{"\\t"}{range .status.addresses[*]}{.address}{","}{end}{"\\n"}{end}done',
      '127.0.0.1\t127.0.0.1,\n127.0.0.2\t127.0.0.2,127.0.0.3,\ndone',
    ],
    ['{range .empty[*]}x{end}y', 'y'],
    ['{.items[0].metadata.labels.kubernetes\\.io/hostname}', '127.0.0.1'],
    ['{.users}', '[{"name":"myself","user":{}},{"name":"e2e","user":{"password":"secret","username":"admin"}}]'],
    ['{.n}', '3'],
  ])('%s', (template, expected) => {
    expect(evaluateJsonPath(parseJsonPath(template), data, { allowMissingKeys: true })).toBe(expected);
  });

  it.each([
    ['{.nope}', 'nope is not found'],
    ['{.items[5]}', 'array index out of bounds: index 5, length 2'],
    ['{.kind', 'unclosed action'],
    ['{.items[}', 'unterminated array'],
    ['{.items[x]}', 'invalid array index x'],
    ['{end}', 'not in range, nothing to end'],
    ['{.kind[0]}', 'string is not array or slice'],
    ['{%}', "unrecognized character in action: U+0025 '%'"],
  ])('%s is refused', (template, message) => {
    expect(() => evaluateJsonPath(parseJsonPath(template), data)).toThrow(message);
  });
});
