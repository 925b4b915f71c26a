import { defineConfig } from 'vitest/config';

// Most tests start the built command, which loads a model; two cores may be busy with other packages.
export default defineConfig({ test: { isolate: false, testTimeout: 60_000 } });
