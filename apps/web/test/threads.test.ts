import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSite, withoutChromium } from './browser.js';
import type { Reports } from './threads/page.js';
import { multiplyOnThreads } from './threads/product.js';

const timeout = 40_000;

describe.skipIf(withoutChromium)('threads in a built page, and in its worker', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'tripartite-threads-'));
  const page = {
    root: join(import.meta.dirname, 'threads'),
    configFile: join(import.meta.dirname, '../vite.config.ts'),
    logLevel: 'error' as const,
  };

  beforeAll(async () => {
    await build({ ...page, build: { outDir, emptyOutDir: true } });
  }, 60_000);

  afterAll(() => rmSync(outDir, { recursive: true, force: true }));

  async function reportsOf(headers: Record<string, string> = {}): Promise<Reports> {
    const site = await openSite({ ...page, build: { outDir }, preview: { headers } });
    try {
      const { page, errors } = await site.visit();
      const reports = await page.locator('output:not(:empty)').textContent();
      expect(errors).toEqual([]);
      return JSON.parse(reports ?? '');
    } finally {
      await site.close();
    }
  }

  test(
    'share memory where the page is isolated, as the app is served, and give the bits of Node',
    async () => {
      const { bits } = await multiplyOnThreads(1);
      const expected = { threads: 2, helpers: 2, bits };
      expect(await reportsOf()).toEqual({ worker: expected, page: expected });
    },
    timeout,
  );

  test(
    'are one where it is not, with the same bits',
    async () => {
      const { bits } = await multiplyOnThreads(2);
      const expected = { threads: 1, helpers: 1, bits };
      const reports = await reportsOf({
        'Cross-Origin-Opener-Policy': 'unsafe-none',
        'Cross-Origin-Embedder-Policy': 'unsafe-none',
      });
      expect(reports).toEqual({ worker: expected, page: expected });
    },
    timeout,
  );
});
