import { defineConfig } from 'vitest/config';
import { tableReporter } from './verify/table-reporter.js';

/** The heavy checks: many seeds, big sizes; one file at a time, so that each has the machine. */
export default defineConfig({
  test: {
    include: ['verify/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    testTimeout: 20 * 60_000,
    fileParallelism: false,
    reporters: [
      'default',
      ['json', { outputFile: 'test-results.json' }],
      tableReporter(new URL('./verify-results.json', import.meta.url)),
    ],
  },
});
