import { defineConfig } from 'vitest/config';

// Packing and installing take their time on a slow disk.
export default defineConfig({ test: { testTimeout: 240_000, hookTimeout: 240_000 } });
