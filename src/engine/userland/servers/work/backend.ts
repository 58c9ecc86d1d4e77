/** podarium.local/work/backend: a JSON API over Redis. */
import { bodyText, type Handler, type HttpRequest, type HttpResponse, jsonResponse, textResponse } from '#engine/http';
import { type Program, untilSignal } from '#engine/os';
import { RedisClient, RedisFailure } from './redis-client.ts';
import { addTask, listTasks, log } from './tasks.ts';

const MAX_TEXT = 500;

/** `{"text": …}` or `text=…`. */
async function textOf(request: HttpRequest): Promise<string> {
  const body = await bodyText(request.body);
  if (!(request.headers['content-type'] ?? '').includes('json')) return new URLSearchParams(body).get('text') ?? body;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'text' in value ? String(value.text) : '';
  } catch {
    return '';
  }
}

/**
 * The application's backend: `GET` and `POST /api/tasks`, `GET /healthz`. REDIS_ADDR (redis:6379) and PORT (8080) configure it.
 * @fidelity full
 */
export const workBackend: Program = async (process) => {
  const redis = new RedisClient(process, process.env.get('REDIS_ADDR') ?? 'redis:6379');
  const port = Number(process.env.get('PORT') ?? 8080);
  const answer: Handler = async (request) => {
    const { method, path } = request;
    if (path === '/healthz') {
      await redis.ask(['PING']);
      return textResponse(200, 'ok\n');
    }
    if (path !== '/api/tasks') return jsonResponse(404, { error: `no such path: ${path}` });
    if (method === 'GET') return jsonResponse(200, await listTasks(redis));
    if (method !== 'POST') return jsonResponse(405, { error: `${method} is not allowed` });
    const text = (await textOf(request)).trim().slice(0, MAX_TEXT);
    if (text === '') return jsonResponse(400, { error: 'a task needs a text' });
    return jsonResponse(201, await addTask(redis, text));
  };
  await log(process, `backend: listening on :${port}, redis at ${redis.address}`);
  process.net.listen(port, async (request) => {
    await process.compute(0.5);
    let response: HttpResponse;
    try {
      response = await answer(request);
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error;
      await log(process, `backend: ${error.message}`);
      response = jsonResponse(503, { error: error.message });
    }
    if (request.path !== '/healthz')
      await log(process, `backend: ${request.method} ${request.path} ${response.status}`);
    return response;
  });
  await untilSignal(process, ['SIGINT', 'SIGTERM']);
  await log(process, 'backend: bye');
  return 0;
};
