import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  // monaco-yaml asks for the worker by the path it had before monaco 0.56
  resolve: { alias: { 'monaco-editor/esm/vs/editor/editor.worker.js': 'monaco-editor/editor/editor.worker.js' } },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: 'dist/page',
    chunkSizeWarningLimit: 4000,
    ...(process.env.PODARIUM_TEST_PAGES && { rollupOptions: { input: ['index.html', 'tests/e2e/replay.html'] } }),
  },
  test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'], testTimeout: 30_000 },
});
