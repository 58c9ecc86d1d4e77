import { expect, test } from 'vitest';
import type { Input } from './input.ts';
import { marksOfInput, TypedLines } from './marks.ts';

const typed = (...texts: string[]): string[] => {
  const lines = new TypedLines();
  return texts.flatMap((text) => lines.type('t', text));
};

test.each<[string[], string[]]>([
  [['ls\r'], ['ls']],
  [['l', 's', '\r'], ['ls']],
  [['kubectl get pox', '\x7f', 'd', '\r'], ['kubectl get pod']],
  [['half', '\x03', 'echo 1\r'], ['echo 1']],
  [
    ['one\r', 'two\r', '\x1b[A', '\x1b[A', '\r'],
    ['one', 'two', 'one'],
  ],
  [['kubectl get po\t\r'], ['kubectl get po…']],
  [['a b', '\x17', 'c\r'], ['a c']],
  [['\r', '  \r'], []],
  [['echo 中文\r'], ['echo 中文']],
])('%j types %j', (texts, lines) => expect(typed(...texts)).toEqual(lines));

const http = (method: string, url: string, body?: string): Input => ({
  type: 'http',
  method,
  url,
  headers: {},
  ...(body !== undefined && { body }),
});

test.each<[Input, string[]]>([
  [{ type: 'command', line: 'kubectl get pods' }, ['typed kubectl get pods']],
  [{ type: 'fault', fault: { do: 'node.crash', node: 'node-1' } }, ['fault node.crash node-1']],
  [{ type: 'fault', fault: { do: 'link.cut', between: ['node-1', '*'] } }, ['fault link.cut node-1 – *']],
  [
    http('POST', '/apis/apps/v1/namespaces/default/deployments', '{"metadata":{"name":"web"}}'),
    ['changed create default/deployments/web'],
  ],
  [
    http('PATCH', '/apis/apps/v1/namespaces/default/deployments/web?fieldManager=page', '{'),
    ['changed patch default/deployments/web'],
  ],
  [http('DELETE', '/api/v1/nodes/node-1'), ['changed delete nodes/node-1']],
  [http('PATCH', '/apis/apps/v1/namespaces/default/deployments/web?dryRun=All', '{}'), []],
  [http('POST', '/api/v1/namespaces/default/pods/web/exec?command=sh'), []],
  [http('GET', '/api/v1/namespaces/default/pods/web/log'), []],
  [{ type: 'terminal.hangup', terminal: 't' }, []],
])('%j makes %j', (input, marks) =>
  expect(marksOfInput(input, 1, new TypedLines()).map(({ kind, label }) => `${kind} ${label}`)).toEqual(marks),
);
