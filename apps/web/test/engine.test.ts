import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factsOfPage, waitForAnswer } from './answers.js';
import { openSite, type Site, withoutChromium } from './browser.js';

const timeout = 40_000;
const unsafe = {
  'Cross-Origin-Opener-Policy': 'unsafe-none',
  'Cross-Origin-Embedder-Policy': 'unsafe-none',
};

describe.skipIf(withoutChromium)('what the page computes on', () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, 60_000);

  afterAll(() => site?.close());

  test(
    'is a thread for each core, at most four, and plain SIMD until relaxed SIMD is chosen',
    async () => {
      const { page, errors } = await site.visit('#show=digit');
      const { engine } = await waitForAnswer(page);
      const threads = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 4));
      expect(engine).toEqual({ threads, build: 'plain' });
      const counted = threads === 1 ? '1 thread' : `${threads} threads`;
      const said = page.locator('.facts');
      expect(await said.textContent()).toContain(`(${counted}, plain SIMD)`);
      const plain = await factsOfPage(page);

      const choice = page.getByRole('checkbox', { name: /^Relaxed SIMD/ });
      await choice.check();
      await waitForAnswer(page, ({ engine }) => engine.build === 'relaxed');
      expect(await said.textContent()).toContain(
        `(${counted}, relaxed SIMD: last bits may differ between processors)`,
      );
      expect(new URL(page.url()).hash).toBe('#show=digit&simd=relaxed');
      const relaxed = await factsOfPage(page);
      expect(relaxed.vectors).toHaveLength(2);
      relaxed.vectors.forEach((vector, which) => {
        vector.forEach((value, i) => {
          expect(Math.abs(value - (plain.vectors[which]?.[i] ?? Number.NaN))).toBeLessThan(1e-2);
        });
      });

      await choice.uncheck();
      await waitForAnswer(page, ({ engine }) => engine.build === 'plain');
      expect(JSON.stringify(await factsOfPage(page))).toBe(JSON.stringify(plain));
      expect(errors).toEqual([]);
      await page.close();
    },
    timeout,
  );

  test(
    'is relaxed SIMD at once where the address says so',
    async () => {
      const { page, errors } = await site.visit('#show=digit&simd=relaxed');
      expect((await waitForAnswer(page)).engine.build).toBe('relaxed');
      expect(await page.getByRole('checkbox', { name: /^Relaxed SIMD/ }).isChecked()).toBe(true);
      expect(errors).toEqual([]);
      await page.close();
    },
    timeout,
  );

  test(
    'is one thread where the page is not isolated, and the same bits',
    async () => {
      const shared = await site.visit('#show=digit');
      await waitForAnswer(shared.page);
      const alone = await openSite({ preview: { headers: unsafe } });
      try {
        const { page, errors } = await alone.visit('#show=digit');
        expect((await waitForAnswer(page)).engine).toEqual({ threads: 1, build: 'plain' });
        expect(await page.locator('.facts').textContent()).toContain('(1 thread, plain SIMD)');
        expect(JSON.stringify(await factsOfPage(page))).toBe(
          JSON.stringify(await factsOfPage(shared.page)),
        );
        expect(errors).toEqual([]);
      } finally {
        await alone.close();
      }
      await shared.page.close();
    },
    timeout,
  );
});
