// Makes the picture of the page in the README:
//
//   npm run build && node apps/web/scripts/screenshot.mjs
//
// CHROMIUM names the browser; default /usr/bin/chromium.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const out = fileURLToPath(new URL('../../../docs/images/page.png', import.meta.url));
const profile = mkdtempSync(join(tmpdir(), 'tripartite-screenshot-'));
const server = await preview({
  root: fileURLToPath(new URL('..', import.meta.url)),
  preview: { port: 0 },
});
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  viewport: { width: 1200, height: 1080 },
  colorScheme: 'light',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage();
await page.goto(server.resolvedUrls?.local[0] ?? '');
await page.getByText('26 heads replaced').waitFor();
// The paintings fade in.
await page.waitForTimeout(1000);
await page.screenshot({ path: out });
await browser.close();
await server.close();
rmSync(profile, { recursive: true, force: true });
