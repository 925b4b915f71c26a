import { defineConfig } from 'vitest/config';

// Node 20 has relaxed SIMD behind a flag, newer ones without: so both builds are tested everywhere.
const behindFlag = Number(process.versions.node.split('.')[0]) < 22;

// Five seconds are too little where two cores are busy. The files share no state, so that one worker may load the
// SDK once for many of them: half the time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    execArgv: behindFlag ? ['--experimental-wasm-relaxed-simd'] : [],
  },
});
