import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { type InlineConfig, mergeConfig, preview } from 'vite';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A laptop without Chromium skips the page's tests; CI must not. */
export const withoutChromium = !process.env.CI && !existsSync(executablePath);

/** A page under test, and everything that went wrong on it or was asked of another host. */
export interface Visit {
  readonly page: Page;
  readonly errors: string[];
  readonly requests: string[];
}

/** The built page on a server of its own, and a browser to look at it. */
export interface Site {
  readonly address: string;
  visit(hash?: string, size?: { width: number; height: number }): Promise<Visit>;
  close(): Promise<void>;
}

async function follow(context: BrowserContext, address: string): Promise<Visit> {
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  context.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(() => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
      Object.assign(globalThis, { layoutShift: sum });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(address);
  return { page, errors, requests };
}

/** Serves the built page, or another by its configuration, and starts Chromium. */
export async function openSite(config: InlineConfig = {}): Promise<Site> {
  const profile = mkdtempSync(join(tmpdir(), 'tripartite-web-'));
  const server = await preview(
    mergeConfig(
      { root: join(import.meta.dirname, '..'), logLevel: 'error', preview: { port: 0 } },
      config,
    ),
  );
  const address = server.resolvedUrls?.local[0] ?? '';
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    address,
    async visit(hash = '', size = { width: 1280, height: 860 }) {
      const visit = await follow(browser, hash === 'about:blank' ? hash : address + hash);
      await visit.page.setViewportSize(size);
      return visit;
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
