import { defineConfig } from 'vitest/config';

// Node 20 has relaxed SIMD behind a flag, newer ones without: so both builds are tested everywhere.
const behindFlag = Number(process.versions.node.split('.')[0]) < 22;

// Each file loads a module of its own, since one of them looks at it before it is compiled.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    testTimeout: 60_000,
    execArgv: behindFlag ? ['--experimental-wasm-relaxed-simd'] : [],
  },
});
