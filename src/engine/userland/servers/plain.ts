/** Servers that do little and do it honestly: pause, echo servers, the stand-in for an unknown image. */
import { bodyText, type Handler, type HttpRequest, textResponse } from '#engine/http';
import { type Process, type Program, print, untilSignal } from '#engine/os';

/** registry.k8s.io/pause: holds a sandbox's namespaces. */
export const pause: Program = async (process) => {
  const signal = await untilSignal(process, ['SIGINT', 'SIGTERM']);
  await print(process.stderr, `Shutting down, got signal: ${signal === 'SIGTERM' ? 'Terminated' : 'Interrupt'}\n`);
  return 0;
};

/** Serves one handler on some ports until it is told to end. */
async function serve(process: Process, ports: readonly number[], handler: Handler): Promise<number> {
  for (const port of ports) {
    process.net.listen(port, async (request) => {
      await process.compute(0.1);
      return handler(request);
    });
  }
  await untilSignal(process, ['SIGINT', 'SIGTERM']);
  return 0;
}

function flag(process: Process, name: string): string | undefined {
  const args = process.argv.slice(1);
  const at = args.findIndex((arg) => new RegExp(`^--?${name}(=|$)`).test(arg));
  if (at < 0) return undefined;
  const arg = args[at] as string;
  return arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : args[at + 1];
}

/**
 * What an image that nobody taught us runs: an HTTP server on the container's declared ports (PODARIUM_PORTS, set by the runtime) or on 80 and 8080.
 * @fidelity none: the behaviour of unknown images is not simulated
 */
export const plainServer: Program = async (process) => {
  const ports = (process.env.get('PODARIUM_PORTS') ?? process.env.get('PORT') ?? '80,8080')
    .split(',')
    .map(Number)
    .filter((port) => port > 0);
  await print(process.stdout, `podarium: this image is not simulated; a plain server listens on ${ports.join(', ')}\n`);
  return serve(process, ports, (request) =>
    Promise.resolve(textResponse(200, `${process.hostname}: ${request.method} ${request.path}\n`)),
  );
};

/** docker.io/traefik/whoami */
export const whoamiServer: Program = async (process) => {
  const port = Number(flag(process, 'port') ?? process.env.get('WHOAMI_PORT_NUMBER') ?? 80);
  await print(process.stdout, `Starting up on port ${port}\n`);
  return serve(process, [port], (request) => Promise.resolve(textResponse(200, describe(process, request))));
};

function describe(process: Process, request: HttpRequest): string {
  const lines = [
    `Hostname: ${process.hostname}`,
    'IP: 127.0.0.1',
    ...process.net.addresses.map((address) => `IP: ${address}`),
  ];
  lines.push(
    `RemoteAddr: ${request.peer?.address ?? '127.0.0.1'}:40000`,
    `${request.method} ${request.path} HTTP/1.1`,
    `Host: ${hostOf(request)}`,
  );
  for (const name of Object.keys(request.headers))
    if (name !== 'host') lines.push(`${titleCase(name)}: ${request.headers[name]}`);
  return `${lines.join('\n')}\n\n`;
}

const hostOf = (request: HttpRequest): string => request.headers.host || request.authority || 'localhost';
const titleCase = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** docker.io/hashicorp/http-echo */
export const httpEcho: Program = async (process) => {
  const text = flag(process, 'text') ?? process.env.get('ECHO_TEXT') ?? 'hello-world';
  const port = Number((flag(process, 'listen') ?? ':5678').split(':').pop());
  await print(process.stderr, `[INFO] server is listening on :${port}\n`);
  return serve(process, [port], () =>
    Promise.resolve(textResponse(200, `${text}\n`, { 'content-type': 'text/plain; charset=utf-8' })),
  );
};

/** gcr.io/google-samples/hello-app */
export const helloApp: Program = async (process) => {
  const port = Number(process.env.get('PORT') ?? 8080);
  await print(process.stderr, `Server listening on port ${port}\n`);
  const version = process.env.get('VERSION') ?? '1.0.0';
  return serve(process, [port], () =>
    Promise.resolve(textResponse(200, `Hello, world!\nVersion: ${version}\nHostname: ${process.hostname}\n`)),
  );
};

/** registry.k8s.io/echoserver */
export const echoServer: Program = async (process) => {
  const answer: Handler = async (request) => {
    const query = request.query.toString();
    const headers = Object.keys(request.headers)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => `\t${name}=${request.headers[name]}\n`)
      .join('');
    const body = await bodyText(request.body);
    return textResponse(
      200,
      `\n\nHostname: ${process.hostname}\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\n` +
        `Request Information:\n\tclient_address=${request.peer?.address ?? '127.0.0.1'}\n\tmethod=${request.method}\n\treal path=${request.path}${query && `?${query}`}\n\tquery=${query}\n` +
        `\trequest_version=1.1\n\trequest_scheme=http\n\trequest_uri=http://${hostOf(request)}:8080${request.path}\n\nRequest Headers:\n${headers}\nRequest Body:\n\t${body || '-no body in request-'}\n\n`,
    );
  };
  return serve(process, [8080], answer);
};

/** registry.k8s.io/hpa-example: every request burns CPU, so that an autoscaler has something to see. */
export const hpaExample: Program = (process) =>
  serve(process, [80], async () => {
    for (let i = 0; i < 10; i++) await process.compute(10);
    return textResponse(200, 'OK!');
  });

/** registry.k8s.io/serve_hostname */
export const serveHostname: Program = (process) =>
  serve(process, [Number(flag(process, 'port') ?? 9376)], () =>
    Promise.resolve(textResponse(200, `${process.hostname}\n`)),
  );

/** docker.io/library/hello-world */
export const helloWorld: Program = async (process) => {
  await print(
    process.stdout,
    '\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n',
  );
  return 0;
};

/** docker.io/library/httpd: serves its document root. */
export const httpd: Program = async (process) => {
  const root = `${process.env.get('HTTPD_PREFIX') ?? '/usr/local/apache2'}/htdocs`;
  const address = process.net.addresses[0] ?? '127.0.0.1';
  await print(
    process.stderr,
    `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${address}. Set the 'ServerName' directive globally to suppress this message\n`,
  );
  process.onSignal('SIGWINCH', () => process.kill(process.pid, 'SIGTERM'));
  return serve(process, [80], async (request) => {
    const path = root + request.path + (request.path.endsWith('/') ? 'index.html' : '');
    const found = process.fs.exists(path) && process.fs.stat(path).type === 'file';
    const version = process.env.get('HTTPD_VERSION') ?? '2.4.65';
    const headers = { server: `Apache/${version} (Unix)`, 'content-type': 'text/html' };
    if (found) return { status: 200, headers, body: { kind: 'bytes', bytes: process.fs.readFile(path) } };
    const missing =
      '<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n';
    return { status: 404, headers, body: { kind: 'text', text: missing } };
  });
};

interface DatabaseRules {
  readonly port: number;
  /** One of these must be set, or the entrypoint refuses. */
  readonly required?: readonly string[];
  readonly refusal?: string;
  readonly ready: string;
  readonly memoryMebibytes: number;
}

const DATABASES: { readonly [name: string]: DatabaseRules } = {
  mysql: {
    port: 3306,
    required: ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'],
    refusal:
      '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n',
    ready: '[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. port: 3306\n',
    memoryMebibytes: 350,
  },
  mariadb: {
    port: 3306,
    required: [
      'MARIADB_ROOT_PASSWORD',
      'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
      'MARIADB_RANDOM_ROOT_PASSWORD',
      'MYSQL_ROOT_PASSWORD',
    ],
    refusal:
      '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD\n',
    ready: '[Note] mariadbd: ready for connections. port: 3306\n',
    memoryMebibytes: 120,
  },
  postgres: {
    port: 5432,
    required: ['POSTGRES_PASSWORD', 'POSTGRES_HOST_AUTH_METHOD'],
    refusal:
      'Error: Database is uninitialized and superuser password is not specified.\n       You must specify POSTGRES_PASSWORD to a non-empty value for the\n       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".\n',
    ready: 'LOG:  database system is ready to accept connections\n',
    memoryMebibytes: 40,
  },
  mongo: {
    port: 27_017,
    ready: '{"s":"I","c":"NETWORK","msg":"Waiting for connections","attr":{"port":27017}}\n',
    memoryMebibytes: 160,
  },
  memcached: { port: 11_211, ready: '', memoryMebibytes: 3 },
  rabbitmq: { port: 5672, ready: ' completed with 4 plugins.\n', memoryMebibytes: 140 },
  cassandra: { port: 9042, ready: 'INFO  [main] Startup complete\n', memoryMebibytes: 900 },
  wordpress: { port: 80, ready: 'WordPress has been successfully copied to /var/www/html\n', memoryMebibytes: 60 },
};

/**
 * Databases whose protocol is not simulated: they insist on their environment, start, log, hold memory and take connections.
 * @fidelity none: start-up and shutdown only; no queries
 */
export const database: Program = async (process) => {
  const rules = DATABASES[process.env.get('PODARIUM_SERVER') ?? ''] ?? (DATABASES.memcached as DatabaseRules);
  if (rules.required && !rules.required.some((name) => process.env.get(name))) {
    await print(process.stderr, rules.refusal ?? '');
    return 1;
  }
  process.setMemory(rules.memoryMebibytes * 1024 * 1024);
  await process.compute(500);
  await print(process.stderr, rules.ready);
  return serve(process, [rules.port], () =>
    Promise.resolve(textResponse(200, `${process.env.get('PODARIUM_SERVER')} is not simulated\n`)),
  );
};

/** docker.io/curlimages/curl: options alone are for curl. */
export const curlEntrypoint: Program = (process) => {
  const args = process.argv.slice(1);
  return process.exec(args[0]?.startsWith('-') || /^https?:/.test(args[0] ?? '') ? ['curl', ...args] : args);
};
