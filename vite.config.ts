import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { engineBuild } from './scripts/engine-build.ts';
import { offline } from './scripts/offline-plugin.ts';

export default defineConfig({
  // Works below any path.
  base: './',
  plugins: [react(), offline()],
  define: { __PODARIUM_BUILD__: JSON.stringify(engineBuild(import.meta.dirname)) },
  resolve: {
    alias: {
      // monaco-yaml asks for the worker by the path it had before monaco 0.56
      'monaco-editor/esm/vs/editor/editor.worker.js': 'monaco-editor/editor/editor.worker.js',
      // and brings a formatter that the editor does not use
      'prettier/standalone': '/src/workers/no-formatter.ts',
      'prettier/plugins/yaml': '/src/workers/no-formatter.ts',
      'prettier/plugins/estree': '/src/workers/no-formatter.ts',
    },
  },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: 'dist/page',
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      // Loading a module of the engine does nothing by itself: the page takes only what it names.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/engine/') },
      input: {
        index: 'index.html',
        sw: 'src/workers/offline.worker.ts',
        ...(process.env.PODARIUM_TEST_PAGES && {
          replay: 'tests/e2e/replay.html',
          topology: 'tests/e2e/topology.html',
          large: 'tests/e2e/large.html',
        }),
      },
      // The service worker answers for what lies beside and below it.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'], testTimeout: 30_000 },
});
