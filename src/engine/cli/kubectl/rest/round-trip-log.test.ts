import { expect, it } from 'vitest';
import { httpRequest, jsonResponse } from '#engine/http';
import { RoundTrips } from './round-trip-log.ts';

const URL = 'https://10.0.0.1:6443/api/v1/namespaces/default/pods?limit=500';

function lines(verbosity: number, value: unknown = { kind: 'Table' }): readonly string[] {
  const said: string[] = [];
  let now = 0;
  const trips = new RoundTrips({ verbosity, now: () => now, line: (place, text) => said.push(`${place}] ${text}`) });
  const headers = { accept: 'application/json', authorization: 'Bearer secret', 'kubectl-session': 'x' };
  const end = trips.begin(httpRequest('GET', URL, { headers }), URL);
  now = 3.7;
  end(jsonResponse(200, value, { 'content-type': 'application/json' }));
  return said;
}

const REQUEST_HEADERS = '\tAccept: application/json\n\tAuthorization: Bearer <masked>\n >';
const RESPONSE_HEADERS = '\tContent-Type: application/json\n >';

it.each([
  [5, []],
  [6, [`round_trippers.go:632] "Response" verb="GET" url="${URL}" status="200 OK" milliseconds=3`]],
  [
    7,
    [
      `round_trippers.go:527] "Request" verb="GET" url="${URL}" headers=<\n${REQUEST_HEADERS}`,
      'round_trippers.go:632] "Response" status="200 OK" milliseconds=3',
    ],
  ],
  [
    8,
    [
      `round_trippers.go:527] "Request" verb="GET" url="${URL}" headers=<\n${REQUEST_HEADERS}`,
      `round_trippers.go:632] "Response" status="200 OK" headers=<\n${RESPONSE_HEADERS} milliseconds=3`,
      'helper.go:113] "Response Body" body=<\n\t{"kind":"Table"}\n >',
    ],
  ],
  [
    9,
    [
      `round_trippers.go:527] "Request" curlCommand=<\n\tcurl -v -XGET  -H "Accept: application/json" -H "Authorization: Bearer <masked>" '${URL}'\n >`,
      'round_trippers.go:562] "HTTP Trace: Dial succeed" network="tcp" address="10.0.0.1:6443"',
      `round_trippers.go:632] "Response" verb="GET" url="${URL}" status="200 OK" headers=<\n${RESPONSE_HEADERS} milliseconds=3 dnsLookupMilliseconds=0 dialMilliseconds=0 tlsHandshakeMilliseconds=0 serverProcessingMilliseconds=3`,
      'helper.go:113] "Response Body" body=<\n\t{"kind":"Table"}\n >',
    ],
  ],
])('-v=%d', (verbosity, expected) => expect(lines(verbosity)).toEqual(expected));

it('long bodies are cut, less at a higher level', () => {
  const body = { text: 'a'.repeat(20_000) };
  const length = JSON.stringify(body).length + 1;
  expect(lines(8, body).at(-1)).toContain(`a [truncated ${length - 1024} chars]"`);
  expect(lines(9, body).at(-1)).toContain(`a [truncated ${length - 10_240} chars]"`);
  expect(lines(10, body).at(-1)).not.toContain('truncated');
});
