import { defineConfig } from 'vitest/config';

// Each file loads a module of its own, since one of them looks at it before it is compiled.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], setupFiles: ['./test/setup.ts'], testTimeout: 60_000 },
});
