import { defineConfig } from 'vitest/config';

// Five seconds are too little where two cores are busy.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
