/** The nginx command, and the image's entrypoint that runs before it. */
import type { Listener } from '#engine/http';
import { NetError } from '#engine/http';
import { OsError, openSink, type Process, type Program, parseSignal, print } from '#engine/os';
import { logDate, slashDate } from '../http-date.ts';
import { ConfigError, type Directive, parseConfig } from './config.ts';
import { allNearest, buildConfiguration, type Configuration, nearest } from './model.ts';
import { portHandler } from './request.ts';
import type { Server } from './responses.ts';
import { Balancer } from './upstream.ts';
import { expand, type Variables } from './variables.ts';

const DEFAULT_CONFIG = '/etc/nginx/nginx.conf';
const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

interface Running {
  readonly listeners: readonly Listener[];
}

/**
 * The nginx server.
 * @fidelity partial: HTTP virtual servers, locations, files, rewrite, return, try_files, proxy_pass with upstream groups, error pages, logs; no TLS handshake, caching, FastCGI, rate limits or streams
 */
export const nginx: Program = async (process) => {
  const args = process.argv.slice(1);
  const option = (letter: string) => {
    const at = args.indexOf(`-${letter}`);
    return at < 0 ? undefined : args[at + 1];
  };
  const version = process.env.get('NGINX_VERSION') ?? '1.29.3';
  if (args.includes('-v') || args.includes('-V')) {
    await print(process.stderr, `nginx version: nginx/${version}\n`);
    return 0;
  }
  const path = option('c') ?? DEFAULT_CONFIG;
  const signal = option('s');
  if (signal !== undefined) return signalMaster(process, signal);
  let configuration: Configuration;
  const balancer = new Balancer(process);
  try {
    configuration = load(process, path, option('g'));
    await balancer.prepare(configuration);
  } catch (error) {
    return refuse(process, path, error, args.includes('-t'));
  }
  for (const { name, file, line } of configuration.unsimulated)
    await log(process, 'warn', `"${name}" is not simulated in ${file}:${line}`);
  if (args.includes('-t') || args.includes('-T')) {
    await print(
      process.stderr,
      `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`,
    );
    return 0;
  }
  return serve(process, path, version, configuration, balancer);
};

function load(process: Process, path: string, global: string | undefined): Configuration {
  const directives = parseConfig(process.fs, path);
  const extra: Directive[] = (global ?? '')
    .split(';')
    .map((text) => text.trim().split(/\s+/))
    .filter(([name]) => name !== '')
    .map(([name = '', ...args]) => ({ name, args, file: 'command line', line: 1 }));
  return buildConfiguration([...directives, ...extra]);
}

async function refuse(process: Process, path: string, error: unknown, isTest: boolean): Promise<number> {
  if (!(error instanceof ConfigError)) throw error;
  await print(
    process.stderr,
    `${isTest ? '' : `${slashDate(process.clock.now())} [emerg] ${process.pid}#${process.pid}: ${error.message}\n`}nginx: [emerg] ${error.message}\n`,
  );
  if (isTest) await print(process.stderr, `nginx: configuration file ${path} test failed\n`);
  return 1;
}

async function serve(
  process: Process,
  path: string,
  version: string,
  first: Configuration,
  firstBalancer: Balancer,
): Promise<number> {
  let running: Running;
  try {
    running = listen(process, version, first, firstBalancer);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(process, path, new ConfigError(error.message), false);
  }
  await log(process, 'notice', 'using the "epoll" event method');
  await log(process, 'notice', `nginx/${version}`);
  await log(process, 'notice', 'start worker processes');
  const worker = process.fork(workerProgram);
  await log(process, 'notice', `start worker process ${worker.pid}`);
  const reload = async () => {
    await log(process, 'notice', 'signal 1 (SIGHUP) received from 1, reconfiguring');
    try {
      const configuration = load(process, path, undefined);
      const balancer = new Balancer(process);
      await balancer.prepare(configuration);
      for (const listener of running.listeners) listener.close();
      running = listen(process, version, configuration, balancer);
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof NetError)) throw error;
      await log(process, 'emerg', error.message);
    }
  };
  process.onSignal('SIGHUP', () => void reload());
  const signal = await process.until(
    new Promise<string>((resolve) => {
      for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) process.onSignal(name, () => resolve(name));
    }),
  );
  const number = { SIGTERM: 15, SIGINT: 2, SIGQUIT: 3 }[signal];
  await log(
    process,
    'notice',
    `signal ${number} (${signal}) received, ${signal === 'SIGQUIT' ? 'shutting down' : 'exiting'}`,
  );
  for (const listener of running.listeners) listener.close();
  // A graceful end lets requests in flight finish.
  if (signal === 'SIGQUIT') await process.clock.sleep(50, 'nginx: graceful shutdown');
  worker.kill('SIGKILL');
  await log(process, 'notice', 'exit');
  return 0;
}

/** The worker is there to be seen and killed; the master answers, which nobody can tell from outside. */
const workerProgram: Program = async (process) => {
  await process.until(new Promise<void>((resolve) => process.onSignal('SIGTERM', resolve)));
  return 0;
};

function listen(process: Process, version: string, configuration: Configuration, balancer: Balancer): Running {
  const server: Server = {
    process,
    configuration,
    version,
    balancer,
    connections: { active: 1, accepted: 0, requests: 0 },
    accessLog: (variables) => writeAccess(process, configuration, variables),
    errorLog: (level, message, variables) => writeError(process, level, message, variables),
  };
  const ports = new Set(configuration.servers.flatMap(({ listens }) => listens.map(({ port }) => port)));
  const listeners: Listener[] = [];
  for (const port of ports) {
    try {
      listeners.push(process.net.listen(port, portHandler(server, port)));
    } catch (error) {
      for (const listener of listeners) listener.close();
      if (!(error instanceof NetError)) throw error;
      throw new NetError(error.code, `bind() to 0.0.0.0:${port} failed (98: Address already in use)`);
    }
  }
  return { listeners };
}

async function writeAccess(process: Process, configuration: Configuration, variables: Variables): Promise<void> {
  const target = nearest(configuration.scope, 'access_log')?.args ?? ['/dev/stdout'];
  if (target[0] === 'off') return;
  const format = allNearest(configuration.scope, 'log_format').find(({ args }) => args[0] === target[1]);
  variables.set('time_local', logDate(process.clock.now()));
  variables.set('request', `${variables.get('request_method')} ${variables.get('request_uri')} HTTP/1.1`);
  for (const name of ['http_referer', 'http_user_agent', 'http_x_forwarded_for'])
    if (!variables.has(name)) variables.set(name, '-');
  const line = expand(format ? format.args.slice(1).join('') : COMBINED, variables);
  await append(process, target[0] as string, `${line}\n`);
}

async function writeError(process: Process, level: string, message: string, variables: Variables): Promise<void> {
  const client = `client: ${variables.get('remote_addr')}, server: ${variables.get('server_name')}`;
  const request = `request: "${variables.get('request_method')} ${variables.get('request_uri')} HTTP/1.1", host: "${variables.get('http_host')}"`;
  await log(process, level, `*1 ${message}, ${client}, ${request}`);
}

function log(process: Process, level: string, message: string): Promise<void> {
  return append(
    process,
    '/var/log/nginx/error.log',
    `${slashDate(process.clock.now())} [${level}] ${process.pid}#${process.pid}: ${message}\n`,
  );
}

async function append(process: Process, path: string, text: string): Promise<void> {
  try {
    await print(openSink(process, path, true), text);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await print(process.stderr, text);
  }
}

async function signalMaster(process: Process, name: string): Promise<number> {
  const signal = { stop: 'SIGTERM', quit: 'SIGQUIT', reload: 'SIGHUP', reopen: 'SIGUSR1' }[name];
  if (signal === undefined) {
    await print(process.stderr, `nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  const master = process.processes().find(({ argv, pid }) => pid !== process.pid && (argv[0] ?? '').endsWith('nginx'));
  if (!master) {
    await print(process.stderr, 'nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n');
    return 1;
  }
  process.kill(master.pid, parseSignal(signal) ?? 'SIGTERM');
  return 0;
}

/** The image's entrypoint: says what it does to the configuration, runs scripts that were mounted, then becomes the command. */
export const nginxEntrypoint: Program = async (process) => {
  const [, ...argv] = process.argv;
  const say = (text: string) => print(process.stdout, `/docker-entrypoint.sh: ${text}\n`);
  const directory = '/docker-entrypoint.d';
  if (argv[0] === 'nginx' || argv[0] === 'nginx-debug') {
    const scripts = process.fs.exists(directory)
      ? process.fs.readdir(directory).filter((name) => name.endsWith('.sh'))
      : [];
    if (scripts.length === 0) await say('No files found in /docker-entrypoint.d/, skipping configuration');
    else {
      await say('/docker-entrypoint.d/ is not empty, will attempt to perform configuration');
      await say('Looking for shell scripts in /docker-entrypoint.d/');
      for (const script of scripts) {
        await say(`Launching ${directory}/${script}`);
        const { code } = await process.spawn([`${directory}/${script}`]).exited;
        if (code !== 0) return code;
      }
      await say('Configuration complete; ready for start up');
    }
  }
  return process.exec(argv);
};

/** The entrypoint's own script that would add a listener for IPv6. */
export const nginxListenOnIpv6: Program = async (process) => {
  const path = '/etc/nginx/conf.d/default.conf';
  const say = (text: string) => print(process.stdout, `10-listen-on-ipv6-by-default.sh: info: ${text}\n`);
  if (!process.fs.exists(path)) await say(`${path} is not a file or does not exist`);
  else await say(`IPv6 is not enabled, leaving ${path} as it is`);
  return 0;
};

/** The entrypoint's own script that fills `/etc/nginx/templates/*.template` with the environment. */
export const nginxEnvsubst: Program = async (process) => {
  const { fs } = process;
  const templates = process.env.get('NGINX_ENVSUBST_TEMPLATE_DIR') ?? '/etc/nginx/templates';
  const target = process.env.get('NGINX_ENVSUBST_OUTPUT_DIR') ?? '/etc/nginx/conf.d';
  if (!fs.exists(templates)) return 0;
  for (const name of fs.readdir(templates).filter((each) => each.endsWith('.template'))) {
    const output = `${target}/${name.slice(0, -'.template'.length)}`;
    const text = new TextDecoder().decode(fs.readFile(`${templates}/${name}`));
    await print(process.stdout, `20-envsubst-on-templates.sh: Running envsubst on ${templates}/${name} to ${output}\n`);
    // Only names of the environment: nginx has variables of its own.
    const filled = text.replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (all, braced: string | undefined, bare: string | undefined) => process.env.get(braced ?? bare ?? '') ?? all,
    );
    fs.writeFile(output, new TextEncoder().encode(filled));
  }
  return 0;
};
