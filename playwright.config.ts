import { defineConfig, devices } from '@playwright/test';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Several work trees can test at once, each at a port of its own. */
const port = process.env.PODARIUM_PORT ?? '4173';

/** Browser tests run against the built page in the system's Chromium; `npm test` finds or installs one. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: '.cache/playwright',
  timeout: 120_000,
  workers: 1,
  // A second go for what a machine busy with other work disturbed; the list says which tests needed it.
  retries: 1,
  use: {
    ...devices['Desktop Chrome'],
    // Nothing kept from the page before; the test of being offline allows it again.
    serviceWorkers: 'block',
    baseURL: `http://localhost:${port}`,
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args },
  },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
  },
});
