// node bench/check-page.mjs [--relaxed] [--only NAME] [--picture FILE]
//
// After `npm run bench -- --page` has built once: opens the page in Chromium, runs it quick and checks that every work
// gives rows, that the page stays responsive and stops at once, and that no other server is asked. Needs the peers, so
// CI does not run it. CHROMIUM names the browser; default /usr/bin/chromium.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const { values } = parseArgs({
  options: {
    relaxed: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    picture: { type: 'string' },
  },
});
const configFile = fileURLToPath(new URL('vite.config.mjs', import.meta.url));
const server = await preview({ configFile, logLevel: 'error', preview: { port: 0 } });
const address = server.resolvedUrls?.local[0] ?? '';
const profile = mkdtempSync(join(tmpdir(), 'tripartite-bench-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  viewport: { width: 1200, height: 900 },
  colorScheme: 'light',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const problems = [];
try {
  const page = await browser.newPage();
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  browser.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address)) {
      problems.push(`asked ${request.url()}`);
    }
  });
  await page.goto(`${address}bench.html`);
  await page.locator('#only').fill(values.only);
  await page.locator('#relaxed').setChecked(values.relaxed);
  await page.locator('#quick').click();
  const slowest = await slowestFrame(page);
  if (slowest > 1000) problems.push(`the page stood still for ${slowest} ms`);
  const failures = await page.locator('.failure').allTextContents();
  problems.push(...failures);
  const download = page.waitForEvent('download');
  await page.locator('#download').click();
  const rows = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  console.log((await page.locator('#machine li').allTextContents()).join('\n'));
  console.table(rows);
  console.log(
    `${await page.locator('#status').textContent()}; longest pause of the page ${slowest} ms`,
  );
  const build = values.relaxed ? 'relaxed' : 'plain';
  if (rows.length === 0) problems.push('no rows');
  for (const row of rows) {
    if (!(row.ours > 0 && row.peer > 0 && row.ratio > 0 && row.build === build))
      problems.push(JSON.stringify(row));
  }
  if (values.picture) await page.screenshot({ path: values.picture, fullPage: true });
  await page.locator('#all').click();
  await page.locator('#stop').click();
  await page.locator('#status', { hasText: 'Stopped' }).waitFor({ timeout: 1000 });
} finally {
  await browser.close();
  await server.close();
  rmSync(profile, { recursive: true, force: true });
}
for (const problem of problems) console.error(`check: ${problem}`);
process.exitCode = problems.length ? 1 : 0;

/** Waits until the run has ended; ms of the longest pause between two ticks of the page meanwhile. */
function slowestFrame(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let last = performance.now();
        let longest = 0;
        const timer = setInterval(() => {
          const now = performance.now();
          longest = Math.max(longest, Math.round(now - last));
          last = now;
          if (!document.querySelector('#stop').disabled) return;
          clearInterval(timer);
          resolve(longest);
        }, 20);
      }),
  );
}
