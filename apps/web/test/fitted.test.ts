import { fileURLToPath } from 'node:url';
import vitDigits from '@tripartite/model-vit-digits';
import { compareSideBySide, loadModel } from '@tripartite/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  decodeWithSharp,
  factsOfNode,
  factsOfPage,
  type Shown,
  waitForAnswer,
  waitForBeside,
} from './answers.js';
import { withoutChromium } from './browser.js';
import { type FittedSite, openFittedSite } from './fitted/site.js';

const timeout = 40_000;
const layers = '**/fitted/learned-*.safetensors';
const named = ({ beside = [] }: Shown) =>
  beside.map(({ hidden }) => `${hidden.kind} ${hidden.neurons}`);
const slider = (page: Page) => page.getByRole('slider', { name: 'Hidden neurons per head' });
const choice = (page: Page) => page.getByLabel('Hidden layer');

describe.skipIf(withoutChromium)('the page with a model that brings fitted layers', () => {
  let site: FittedSite;

  beforeAll(async () => {
    site = await openFittedSite();
  }, 60_000);

  afterAll(() => site?.close());

  test(
    'answers with the learned neurons, and sets random ones beside them, as Node does',
    async () => {
      const { page, errors } = await site.visit('#show=digit');
      const shown = await waitForBeside(page);
      expect(shown.hidden).toMatchObject({ kind: 'learned', neurons: 64 });
      const image = await decodeWithSharp(fileURLToPath(vitDigits.samples.seven));
      expect(JSON.stringify(await factsOfPage(page))).toBe(
        JSON.stringify(await factsOfNode(site.source, { image })),
      );
      const twins = await compareSideBySide(await loadModel(site.source), { image });
      expect(shown.beside).toEqual(
        twins.map(({ comparison: { hidden, output } }) => ({ hidden, output })),
      );
      expect(named(shown)).toEqual(['learned 64', 'matched 64', 'performer 64']);
      const strip = page.getByRole('region', { name: /^The same number of neurons/ });
      const words = await strip.locator('svg').textContent();
      for (const name of ['learned', 'random, matched', 'random neurons (performer)']) {
        expect(words).toContain(name);
      }
      expect(await page.locator('.finding').textContent()).toContain(
        'With the same 64 hidden neurons per head',
      );
      expect(errors).toEqual([]);
      await page.close();
    },
    timeout,
  );

  test(
    'lets only those numbers of neurons be chosen, and says what it loads',
    async () => {
      const { page, errors, requests } = await site.visit('#show=digit');
      await waitForBeside(page);
      expect(await choice(page).inputValue()).toBe('learned');
      expect(await slider(page).getAttribute('aria-valuetext')).toBe('64 neurons');
      const fetched = () => requests.filter((url) => /learned-\d+\.safetensors$/.test(url));
      expect(fetched().map((url) => url.replace(/.*\//, ''))).toEqual(['learned-64.safetensors']);
      await slider(page).focus();
      await page.keyboard.press('ArrowLeft');
      await page
        .getByText(/^Loading learned-16 of vit-digits: \d+ of \d+ kB …$/)
        .first()
        .waitFor();
      const shown = await waitForBeside(page, ({ hidden }) => hidden.neurons === 16);
      expect(named(shown)).toEqual(['learned 16', 'matched 16', 'performer 16']);
      expect(new URL(page.url()).hash).toBe('#show=digit&neurons=16');
      expect(fetched()).toHaveLength(2);
      expect(errors).toEqual([]);
      await page.close();
    },
    timeout,
  );

  test(
    'sets the nearest learned ones beside drawn neurons of any number, and says so',
    async () => {
      const { page, errors } = await site.visit('#show=digit&hidden=performer&neurons=1024');
      const shown = await waitForBeside(page);
      expect(shown.hidden).toMatchObject({ kind: 'performer', neurons: 1024 });
      expect(named(shown)).toEqual(['learned 64', 'matched 64', 'performer 64']);
      await page.getByText('Shown with 64 neurons, the nearest number to 1024').waitFor();
      await choice(page).selectOption('learned');
      await waitForAnswer(page, ({ hidden }) => hidden.kind === 'learned');
      expect(await slider(page).getAttribute('max')).toBe('1');
      expect(errors).toEqual([]);
      await page.close();
    },
    timeout,
  );

  test(
    'keeps to matched neurons where learned ones cannot be loaded, says why, and tries again',
    async () => {
      const { page } = await site.visit('#show=digit&hidden=matched&neurons=64');
      const usual = await waitForBeside(page);
      await page.close();

      const failing = await site.visit('about:blank');
      await failing.page.route(layers, (route) => route.abort());
      await failing.page.goto(`${site.address}#show=digit&neurons=64`);
      const shown = await waitForBeside(failing.page);
      expect(shown.warning).toBe(
        'The learned neurons are missing, as hidden/learned-64.safetensors of vit-digits cannot be read: no connection; reload the page to try again. Matched ones stand in.',
      );
      expect(shown.output).toEqual(usual.output);
      expect(named(shown)).toEqual(['matched 64', 'performer 64']);
      const status = failing.page.getByRole('status').filter({ hasText: 'no connection' });
      expect(await status.isVisible()).toBe(true);
      expect(await choice(failing.page).inputValue()).toBe('matched');

      await failing.page.unroute(layers);
      await failing.page.getByLabel('Seed').fill('2');
      const again = await waitForAnswer(failing.page, ({ seed }) => seed === 2);
      expect(again.hidden.kind).toBe('learned');
      expect(again.warning).toBeUndefined();
      await failing.page.close();
    },
    timeout,
  );

  test.each([
    ['a layer is missing', layers, 404, 'is missing; hidden/index.json lists it'],
    ['the list cannot be read', '**/fitted/index.json', 500, 'HTTP 500'],
  ])(
    'shows the draws alone beside drawn neurons where %s',
    async (_, pattern, status, reason) => {
      const { page } = await site.visit('about:blank');
      await page.route(pattern, (route) => route.fulfill({ status, body: '' }));
      await page.goto(`${site.address}#show=digit&hidden=performer&neurons=64`);
      const shown = await waitForBeside(page);
      expect(shown.warning).toBeUndefined();
      expect(shown.besideWarning).toContain(reason);
      expect(named(shown)).toEqual(['matched 64', 'performer 64']);
      await page.getByRole('status').filter({ hasText: reason }).waitFor();
      await page.close();
    },
    timeout,
  );

  test(
    'takes the default where the address names what the model does not bring',
    async () => {
      const { page, errors } = await site.visit('#show=digit&hidden=fine-tuned');
      const { hidden, warning } = await waitForAnswer(page);
      expect(hidden).toMatchObject({ kind: 'learned', neurons: 64 });
      expect(warning).toBeUndefined();
      expect(await choice(page).inputValue()).toBe('learned');
      expect(errors).toEqual([]);
      await page.close();
    },
    timeout,
  );
});
