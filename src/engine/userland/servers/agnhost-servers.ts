/** Servers among agnhost's commands that answer from the environment, from files, or by asking others. */
import { bodyText, type Handler, httpRequest, NetError, textResponse } from '#engine/http';
import { OsError, type Process, type Program, untilSignal } from '#engine/os';
import { flag } from './flags.ts';

const toTheEnd = async (process: Process): Promise<number> => {
  await untilSignal(process, ['SIGTERM', 'SIGINT']);
  return 0;
};

/** What Go makes of content that nobody typed. */
const sniffed = (text: string) => ({
  'content-type': /^\s*<(a|h1|html|!doctype html|pre|p|script|body)[\s>]/i.test(text)
    ? 'text/html; charset=utf-8'
    : 'text/plain; charset=utf-8',
});

/**
 * Serves on every port that `SERVE_PORT_<n>` and `SERVE_TLS_PORT_<n>` name what they hold. @upstream test/images/agnhost/porter/porter.go
 * @fidelity partial: nothing is encrypted
 */
export const porter: Program = async (process) => {
  const json = process.argv.includes('--json-response');
  for (const [name, value] of process.env) {
    const port = /^SERVE_(?:TLS_)?PORT_(\d+)$/.exec(name)?.[1];
    if (port === undefined) continue;
    process.net.listen(Number(port), async (request) => {
      await process.compute(0.1);
      return json
        ? textResponse(200, JSON.stringify({ Method: request.method, Body: value }), {
            'content-type': 'application/json',
          })
        : textResponse(200, value, sniffed(value));
    });
  }
  return toTheEnd(process);
};

function fileAt(process: Process, path: string) {
  try {
    if (process.fs.stat(path).type !== 'directory') {
      const text = new TextDecoder().decode(process.fs.readFile(path));
      return textResponse(200, text, sniffed(text));
    }
    const names = process.fs.readdir(path).map((name) => `<a href="${name}">${name}</a>\n`);
    return textResponse(200, `<pre>\n${names.join('')}</pre>\n`, { 'content-type': 'text/html; charset=utf-8' });
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    return textResponse(404, '404 page not found\n');
  }
}

/** The container's files over HTTP. @upstream test/images/agnhost/test-webserver/test-webserver.go */
export const testWebserver: Program = async (process) => {
  process.net.listen(Number(flag(process, 'port', '80')), async (request) => {
    await process.compute(0.1);
    return fileAt(process, decodeURIComponent(request.path));
  });
  return toTheEnd(process);
};

async function dialled(process: Process, host: string, port: string, path: string): Promise<string> {
  const response = await process.net.fetch(httpRequest('GET', `http://${host}:${port}/${path}`));
  return (await bodyText(response.body)).trim();
}

/** Asks another netexec, some times, what it is asked. @upstream test/images/agnhost/netexec/netexec.go dialHandler */
export const dialHandler =
  (process: Process): Handler =>
  async ({ query }) => {
    const host = query.get('host') ?? '';
    const port = query.get('port') ?? '';
    const path = query.get('request') || 'hostName';
    const protocol = query.get('protocol') || 'http';
    if (!/^(http|udp|sctp)$/i.test(protocol)) {
      return textResponse(400, `unsupported protocol. ${protocol}`);
    }
    const responses: string[] = [];
    const errors: string[] = [];
    for (let left = Number(query.get('tries') || 1); left > 0; left--) {
      try {
        if (protocol !== 'http') throw new NetError('ECONNREFUSED', 'connection refused');
        responses.push(await dialled(process, host, port, path));
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        errors.push(error.message);
      }
    }
    return textResponse(
      200,
      JSON.stringify({ ...(responses.length && { responses }), ...(errors.length && { errors }) }),
    );
  };
