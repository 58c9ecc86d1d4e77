import { defineConfig } from 'vite';

/** The programs that run under Node: one bundle each, dependencies included except Node's own and `ws`. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/node',
    sourcemap: true,
    rollupOptions: {
      input: {
        bridge: 'src/workers/node/bridge.ts',
        podarium: 'src/workers/node/podarium.ts',
        conformance: 'tests/conformance/main.ts',
        bench: 'tests/bench/main.ts',
        replay: 'tests/determinism/main.ts',
        lessons: 'tests/lessons/main.ts',
      },
      output: {
        // Not ES modules: for those Node 20 cannot keep compiled code (scripts/compile-cache.cjs).
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: 'chunks/[name]-[hash].cjs',
        minify: { mangle: false, compress: true, codegen: true },
      },
    },
  },
  ssr: { noExternal: true, external: ['ws'] },
});
