/** podarium.local/work/frontend: pages with forms, made on the server; no script. */
import { bodyText, type HttpRequest, type HttpResponse, httpRequest, NetError } from '#engine/http';
import { type Process, type Program, untilSignal } from '#engine/os';
import { log, type Task } from './tasks.ts';

const STYLE = `body{font-family:system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;line-height:1.5;color:#1b2733;background:#f7f9fb}
h1{font-size:1.4rem}form{display:flex;gap:.5rem;margin:1rem 0}input{flex:1;min-width:0;padding:.5rem;font:inherit}button{padding:.5rem 1rem;font:inherit}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #d5dde5}.done{color:#136a37}.queued{color:#5a6675}.working{color:#1a67b8}
.error{padding:.6rem;border-left:4px solid #c02a32;background:#fff}footer{margin-top:1.5rem;color:#5a6675;font-size:.85rem}`;

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

function page(process: Process, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Word count</title><style>${STYLE}</style></head>
<body>
<h1>Word count</h1>
<p>Hand in a text. A worker takes it from the queue and counts its words.</p>
<form method="post" action="/tasks"><input name="text" aria-label="Text" required maxlength="500"><button>Hand in</button></form>
${content}
<p><a href="/">Refresh</a></p>
<footer>Page made by ${escaped(process.hostname)}</footer>
</body>
</html>
`;
}

function table(tasks: readonly Task[]): string {
  if (tasks.length === 0) return '<p>Nothing has been handed in yet.</p>';
  const rows = tasks.map(
    ({ id, text, state, words = '', letters = '', worker = '' }) =>
      `<tr><td>${escaped(id)}</td><td>${escaped(text)}</td><td class="${escaped(state)}">${escaped(state)}</td><td>${escaped(words)}</td><td>${escaped(letters)}</td><td>${escaped(worker)}</td></tr>`,
  );
  return `<table>\n<tr><th>No.</th><th>Text</th><th>State</th><th>Words</th><th>Letters</th><th>Worker</th></tr>\n${rows.join('\n')}\n</table>`;
}

const html = (status: number, text: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: { kind: 'text', text },
});

/**
 * The application's frontend: `GET /`, `POST /tasks`, `GET /healthz`. BACKEND_URL (http://backend:8080) and PORT (3000) configure it.
 * @fidelity full
 */
export const workFrontend: Program = async (process) => {
  const backend = (process.env.get('BACKEND_URL') ?? 'http://backend:8080').replace(/\/$/, '');
  const port = Number(process.env.get('PORT') ?? 3000);
  const ask = (method: string, body?: string) =>
    process.net.fetch(
      httpRequest(method, `${backend}/api/tasks`, {
        headers: {
          host: backend.replace(/^https?:\/\//, ''),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: { kind: 'text', text: body } }),
      }),
    );
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    if (request.path === '/healthz') return html(200, 'ok\n');
    if (request.path === '/tasks' && request.method === 'POST') {
      const text = new URLSearchParams(await bodyText(request.body)).get('text') ?? '';
      await ask('POST', JSON.stringify({ text }));
      return { status: 303, headers: { location: '/' }, body: { kind: 'text', text: '' } };
    }
    if (request.path !== '/') return html(404, page(process, '<p class="error">There is no such page.</p>'));
    const response = await ask('GET');
    const text = await bodyText(response.body);
    if (response.status !== 200) throw new NetError('ECONNREFUSED', `the backend answered ${response.status}: ${text}`);
    return html(200, page(process, table(JSON.parse(text) as readonly Task[])));
  };
  await log(process, `frontend: listening on :${port}, backend at ${backend}`);
  process.net.listen(port, async (request) => {
    await process.compute(1);
    let response: HttpResponse;
    try {
      response = await answer(request);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      await log(process, `frontend: ${error.message}`);
      response = html(
        502,
        page(process, `<p class="error">The backend cannot be reached: ${escaped(error.message)}</p>`),
      );
    }
    if (request.path !== '/healthz')
      await log(process, `frontend: ${request.method} ${request.path} ${response.status}`);
    return response;
  });
  await untilSignal(process, ['SIGINT', 'SIGTERM']);
  await log(process, 'frontend: bye');
  return 0;
};
