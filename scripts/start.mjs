/** `npm start`: sets up, builds and serves the page on loopback, and prints its URL. Nothing is fetched from anywhere else. */
import { buildPage } from './build.mjs';
import { root, setup } from './setup.mjs';

const PORT = 4173;

setup();
buildPage();
// Only now is it certain that there is a Vite.
const { preview } = await import('vite');
const server = await preview({ root, preview: { port: PORT, host: '127.0.0.1' }, logLevel: 'error' });
const url = server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${PORT}/`;
process.stdout.write(`Podarium is at ${url}\nA cluster for your own kubectl: npm run -s bridge -- --https\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().finally(() => process.exit(0)));
