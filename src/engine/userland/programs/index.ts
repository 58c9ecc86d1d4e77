/** Every program that images of this room can run: a second door of the room, for what is loaded when first executed. */
import type { Program } from '#engine/os';
import { appletPrograms } from '../applets/table.ts';
import { netPrograms } from '../net/programs.ts';
import { nginx, nginxEntrypoint, nginxEnvsubst, nginxListenOnIpv6 } from '../nginx/program.ts';
import { redisPrograms } from '../redis/programs.ts';
import { agnhost } from '../servers/agnhost.ts';
import { golang, node, perl, python } from '../servers/interpreters.ts';
import {
  curlEntrypoint,
  database,
  echoServer,
  helloApp,
  helloWorld,
  hpaExample,
  httpd,
  httpEcho,
  pause,
  plainServer,
  serveHostname,
  whoamiServer,
} from '../servers/plain.ts';
import { scripted } from '../servers/scripted.ts';
import { workBackend } from '../servers/work/backend.ts';
import { workFrontend } from '../servers/work/frontend.ts';
import { workWorker } from '../servers/work/worker.ts';
import { shellProgram } from '../shell/program.ts';

const SERVERS: { readonly [name: string]: Program } = {
  bash: shellProgram('bash'),
  dash: shellProgram('dash'),
  'busybox/sh': shellProgram('ash'),
  pause,
  'plain-server': plainServer,
  whoami: whoamiServer,
  'http-echo': httpEcho,
  'hello-app': helloApp,
  echoserver: echoServer,
  'hpa-example': hpaExample,
  'serve-hostname': serveHostname,
  'hello-world': helloWorld,
  httpd,
  database,
  'curl-entrypoint': curlEntrypoint,
  agnhost,
  perl,
  python,
  node,
  golang,
  nginx,
  'nginx-entrypoint': nginxEntrypoint,
  'nginx-listen-on-ipv6': nginxListenOnIpv6,
  'nginx-envsubst-on-templates': nginxEnvsubst,
  scripted,
  'work-backend': workBackend,
  'work-frontend': workFrontend,
  'work-worker': workWorker,
};

/** The programs by the names that executables carry. */
export const programs: ReadonlyMap<string, Program> = new Map([
  ...appletPrograms(),
  ...netPrograms,
  ...redisPrograms,
  ...Object.entries(SERVERS),
]);
