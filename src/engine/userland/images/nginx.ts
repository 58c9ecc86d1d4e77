/** The files of the nginx image. */
import type { Image, ImageLayer, LayerEntry } from '#engine/os';
import { alpineLayers, debianLayers } from './base.ts';
import { buildImage, command, directories, layer, tagsOf, text } from './build.ts';

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { max-width: 36em; margin: 0 auto; font-family: sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from the nginx web server: it is installed, it runs, and it
serves /usr/share/nginx/html. Put your own files there to replace it.</p>
<p>You see it inside Podarium, a Kubernetes cluster that lives in a browser tab.</p>
</body>
</html>
`;

const NGINX_CONF = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_CONF = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const ERROR_PAGE = `<!DOCTYPE html>
<html>
<head><title>Error</title></head>
<body>
<h1>An error occurred.</h1>
<p>The page you are looking for is not available right now. Please try again later.</p>
</body>
</html>
`;

const MIME_TYPES = `types {
    text/html                             html htm shtml;
    text/css                              css;
    text/xml                              xml;
    text/plain                            txt log conf md;
    text/csv                              csv;
    image/gif                             gif;
    image/jpeg                            jpeg jpg;
    image/png                             png;
    image/svg+xml                         svg svgz;
    image/x-icon                          ico;
    image/webp                            webp;
    application/javascript                js mjs;
    application/json                      json;
    application/pdf                       pdf;
    application/wasm                      wasm;
    application/zip                       zip;
    font/woff                             woff;
    font/woff2                            woff2;
}
`;

const files = (): LayerEntry[] => [
  ...directories('/var/cache/nginx', '/etc/nginx/templates', '/usr/share/nginx/html'),
  command('/usr/sbin/nginx', 'nginx'),
  command('/docker-entrypoint.sh', 'nginx-entrypoint'),
  command('/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh', 'nginx-listen-on-ipv6'),
  command('/docker-entrypoint.d/20-envsubst-on-templates.sh', 'nginx-envsubst-on-templates'),
  text('/etc/nginx/nginx.conf', NGINX_CONF),
  text('/etc/nginx/mime.types', MIME_TYPES),
  text('/etc/nginx/conf.d/default.conf', DEFAULT_CONF),
  text('/usr/share/nginx/html/index.html', WELCOME),
  text('/usr/share/nginx/html/50x.html', ERROR_PAGE),
  { path: '/var/log/nginx/access.log', target: '/dev/stdout' },
  { path: '/var/log/nginx/error.log', target: '/dev/stderr' },
];

const VERSIONS = [
  '1.29.4',
  '1.29.3',
  '1.29.2',
  '1.29.1',
  '1.29.0',
  '1.28.0',
  '1.27.5',
  '1.27.4',
  '1.27.3',
  '1.27.2',
  '1.27.1',
  '1.27.0',
  '1.26.3',
  '1.26.2',
  '1.26.1',
  '1.26.0',
  '1.25.5',
  '1.25.4',
  '1.25.3',
  '1.25.2',
  '1.25.1',
  '1.25.0',
  '1.24.0',
  '1.23.4',
  '1.23.3',
  '1.23.2',
  '1.23.1',
  '1.23.0',
  '1.22.1',
  '1.22.0',
  '1.21.6',
  '1.21.5',
  '1.21.4',
  '1.21.3',
  '1.21.1',
  '1.21.0',
  '1.20.2',
  '1.20.1',
  '1.20.0',
  '1.19.10',
  '1.19.6',
  '1.19.5',
  '1.19.3',
  '1.19.2',
  '1.19.1',
  '1.19.0',
  '1.18.0',
  '1.17.10',
  '1.17.6',
  '1.17.4',
  '1.17.3',
  '1.17.1',
  '1.17.0',
  '1.16.1',
  '1.16.0',
  '1.15.12',
  '1.15.8',
  '1.15.5',
  '1.15.4',
  '1.15.2',
  '1.15.1',
  '1.15.0',
  '1.14.2',
  '1.14.1',
  '1.14.0',
  '1.13.12',
  '1.13.9',
  '1.13.8',
  '1.13.7',
  '1.13.0',
  '1.12.2',
  '1.12.1',
  '1.12.0',
  '1.11.13',
  '1.11.9',
  '1.11.5',
  '1.11.1',
  '1.10.3',
  '1.10.2',
  '1.10.1',
  '1.10.0',
  '1.9.15',
  '1.9.1',
  '1.9.0',
  '1.8.1',
  '1.8.0',
  '1.7.12',
  '1.7.11',
  '1.7.10',
  '1.7.9',
  '1.7.8',
  '1.7.5',
  '1.7.1',
]; // prettier-ignore
const ALIASES = { mainline: '1.29.4', stable: '1.28.0' };
const TAGS = tagsOf(VERSIONS, '', ALIASES);
const ALPINE_TAGS = tagsOf(VERSIONS, '-alpine', ALIASES);
const SLIM_TAGS = tagsOf(VERSIONS, '-alpine-slim', ALIASES);

const DEBIAN = debianLayers('debian', '13');
const ALPINE = alpineLayers('3.22.2');

function layersOf(version: string, variant: string): readonly ImageLayer[] {
  const isAlpine = variant !== '';
  const curl = command('/usr/bin/curl', isAlpine ? 'busybox/curl' : 'gnu/curl');
  const own = layer(`nginx ${version}${variant}`, isAlpine ? 14.1 : 31.4, () => [
    ...files(),
    ...(variant === '-alpine-slim' ? [] : [curl]),
  ]);
  return [...(isAlpine ? ALPINE : DEBIAN), own];
}

const made = new Map<string, Image>();

/** docker.io/library/nginx by tag; undefined for a tag that does not exist. */
export function nginxImage(tag: string): Image | undefined {
  const variant = SLIM_TAGS.has(tag) ? '-alpine-slim' : ALPINE_TAGS.has(tag) ? '-alpine' : '';
  const bare = tag.replace(/-(bookworm|bullseye|buster|trixie|perl)$/, '');
  const version = SLIM_TAGS.get(tag) ?? ALPINE_TAGS.get(tag) ?? TAGS.get(bare);
  if (version === undefined) return undefined;
  const known = made.get(version + variant);
  if (known) return { ...known, tag };
  const image = buildImage(
    {
      name: 'docker.io/library/nginx',
      version: version + variant,
      layers: layersOf(version, variant),
      config: {
        entrypoint: ['/docker-entrypoint.sh'],
        cmd: ['nginx', '-g', 'daemon off;'],
        env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NGINX_VERSION=${version}`],
        exposedPorts: ['80/tcp'],
        stopSignal: 'SIGQUIT',
      },
    },
    tag,
  );
  made.set(version + variant, image);
  return image;
}
