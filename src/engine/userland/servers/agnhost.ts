/** registry.k8s.io/e2e-test-images/agnhost: the image of many faces that upstream tests with. */
import { NetError, textResponse } from '#engine/http';
import { type Process, type Program, print, untilSignal } from '#engine/os';
import { formatTime } from '#engine/sim';
import { conversionWebhook } from './agnhost-conversion.ts';
import { dialHandler, porter, testWebserver } from './agnhost-servers.ts';
import { admissionWebhook } from './agnhost-webhook.ts';
import { flag } from './flags.ts';
import { pause } from './plain.ts';

const forever = async (process: Process): Promise<number> => {
  await untilSignal(process, ['SIGTERM', 'SIGINT']);
  return 0;
};

/** @upstream test/images/agnhost/netexec/netexec.go */
const netexec: Program = async (process) => {
  const port = Number(flag(process, 'http-port', '8080'));
  await print(
    process.stdout,
    `Started HTTP server on port ${port}\nStarted UDP server on port  ${flag(process, 'udp-port', '8081')}\n`,
  );
  let exit: ((code: number) => void) | undefined;
  const exited = new Promise<number>((resolve) => {
    exit = resolve;
  });
  process.net.listen(port, async (request) => {
    await process.compute(0.1);
    const client = request.peer?.address ?? '127.0.0.1';
    switch (request.path) {
      case '/hostname':
      case '/hostName':
        return textResponse(200, process.hostname);
      case '/clientip':
        return textResponse(200, `${client}:40000`);
      case '/echo':
        return textResponse(Number(request.query.get('code') ?? 200), request.query.get('msg') ?? '');
      case '/dial':
        return dialHandler(process)(request);
      case '/healthz':
        return textResponse(200, '');
      case '/header':
        return textResponse(200, request.headers[(request.query.get('key') ?? '').toLowerCase()] ?? '');
      case '/exit':
        exit?.(Number(request.query.get('code') ?? 0));
        return textResponse(200, '');
      default:
        return request.path === '/'
          ? textResponse(200, `NOW: ${formatTime(process.clock.now())}`)
          : textResponse(404, '404 page not found\n');
    }
  });
  return process.until(Promise.race([exited, forever(process)]));
};

const serveHostname: Program = async (process) => {
  const port = Number(flag(process, 'port', '9376'));
  process.net.listen(port, () => Promise.resolve(textResponse(200, process.hostname)));
  await print(process.stderr, `Serving on port ${port}.\n`);
  return forever(process);
};

/** Healthy for ten seconds, then never again. @upstream test/images/agnhost/liveness/server.go */
const liveness: Program = async (process) => {
  const startedAt = process.clock.now();
  process.net.listen(8080, (request) => {
    const seconds = (process.clock.now() - startedAt) / 1000;
    if (request.path === '/started') return Promise.resolve(textResponse(200, `${seconds}s`));
    if (request.path !== '/healthz') return Promise.resolve(textResponse(404, '404 page not found\n'));
    return Promise.resolve(seconds > 10 ? textResponse(500, `error: ${seconds}s`) : textResponse(200, 'ok'));
  });
  return forever(process);
};

const connect: Program = async (process) => {
  const target = process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? '';
  try {
    await process.net.fetch({
      method: 'CONNECT',
      path: '/',
      authority: target,
      query: new URLSearchParams(),
      headers: {},
    });
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const word = { ETIMEDOUT: 'TIMEOUT', ECONNREFUSED: 'REFUSED', ENOTFOUND: 'DNS' }[error.code as string] ?? 'OTHER';
    await print(process.stderr, `${word}\n`);
    return 1;
  }
};

/** @upstream test/images/agnhost/logs-generator/logs_generator.go */
const logsGenerator: Program = async (process) => {
  const total = Number(flag(process, 'log-lines-total', process.env.get('LOGS_GENERATOR_LINES_TOTAL') ?? '0'));
  const duration = /^(\d+)(ms|s|m)?$/.exec(flag(process, 'run-duration', '0s'));
  const runMs = Number(duration?.[1] ?? 0) * ({ ms: 1, s: 1000, m: 60_000 }[duration?.[2] ?? 's'] ?? 1);
  for (let i = 0; i < total; i++) {
    await print(
      process.stdout,
      `I0101 00:00:00.000000       1 logs_generator.go:76] ${i} GET /api/v1/namespaces/ns/pods/${process.rng.int(0xffff).toString(16)} ${200 + process.rng.int(300)}\n`,
    );
    await process.clock.sleep(runMs / total, 'logs-generator');
  }
  return 0;
};

const entrypointTester: Program = async (process) => {
  await print(process.stdout, `[${process.argv.join(' ')}]\n`);
  return 0;
};

const COMMANDS: { readonly [name: string]: Program } = {
  pause,
  netexec,
  'serve-hostname': serveHostname,
  liveness,
  connect,
  'logs-generator': logsGenerator,
  'entrypoint-tester': entrypointTester,
  'test-webserver': testWebserver,
  porter,
  webhook: admissionWebhook,
  'crd-conversion-webhook': conversionWebhook,
};

/** @fidelity partial: pause, netexec (no shell endpoint, no UDP), porter, test-webserver, serve-hostname, liveness, connect, logs-generator, entrypoint-tester, webhook, crd-conversion-webhook */
export const agnhost: Program = async (process) => {
  const name = process.argv[1] ?? 'pause';
  const command = COMMANDS[name];
  if (command) return command(process);
  await print(process.stderr, `Error: unknown command "${name}" for "app"\nRun 'app --help' for usage.\n`);
  return 1;
};
