/** Keeps the built page for when there is no network. It answers for the page's own files only: nothing else is touched, no cluster's API ever. */
export {};

/** Written in by the build: a hash over all files, and their paths below the scope. */
declare const __BUILD__: { readonly hash: string; readonly files: readonly string[] };

const build = __BUILD__;
const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const { scope } = worker.registration;
const prefix = `podarium ${new URL(scope).pathname} `;
const name = prefix + build.hash;
const urlOf = (file: string): string => new URL(file, scope).href;
const page = urlOf('index.html');
const known = new Set(build.files.map(urlOf));

/** Files with a hash in their name never change: one that is kept already need not be fetched again. */
async function keep(cache: Cache, file: string): Promise<void> {
  const url = urlOf(file);
  const hashed = file.startsWith('assets/');
  const kept = hashed ? await caches.match(url) : undefined;
  const response = kept ?? (await fetch(url, { cache: hashed ? 'default' : 'no-cache' }));
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  await cache.put(url, response);
}

const AT_ONCE = 4;

async function install(): Promise<void> {
  const cache = await caches.open(name);
  const left = [...build.files];
  const work = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) await keep(cache, file);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name);
  await Promise.all(old.map((key) => caches.delete(key)));
  await worker.clients.claim();
}

async function answer(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(name);
  return (await cache.match(url)) ?? fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('message', ({ data }) => {
  if (data === 'take over') worker.skipWaiting().catch(() => undefined);
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  const file = url.href === scope ? page : url.href;
  if (known.has(file)) event.respondWith(answer(file, request));
});
