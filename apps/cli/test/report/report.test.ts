import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import {
  fakeEmbedding,
  fakePainting,
} from '../../../../packages/sdk/test/figure/fake-comparison.js';
import { renderReport } from '../../src/report/index.js';
import { digitItem, photographItem, reportOf, svgElements, textItem } from './report-data.js';

const text = renderReport(reportOf([textItem]));
const digit = renderReport(reportOf([digitItem]));
const photograph = renderReport(reportOf([photographItem]));
const mixed = renderReport(reportOf([textItem, photographItem, digitItem]));
const all = { text, digit, photograph, mixed };
const limit = 2_000_000;

const parse = (page: string) => parseHTML(page).document;

describe('the report', () => {
  it('refers to nothing outside itself', () => {
    for (const page of Object.values(all)) {
      const outside = [...page.matchAll(/(?:src|href|action|data|poster)="([^"]*)"/g)]
        .map(([, target = '']) => target)
        .filter(
          (target) => !target.startsWith('data:image/png;base64,') && !target.startsWith('#'),
        );
      expect(outside).toEqual([]);
      expect(page).not.toMatch(/<script[^>]+src|<link|@import|url\(|<iframe/i);
      const addresses = page.match(/https?:\/\/[^"'\s<]*/g) ?? [];
      expect([...new Set(addresses)]).toEqual(['http://www.w3.org/2000/svg']);
    }
  });

  it('is below 2 MB, with twelve photographs and with thirty too, and leaves none unsaid', () => {
    for (const page of Object.values(all)) expect(Buffer.byteLength(page)).toBeLessThan(limit);
    for (const count of [12, 30]) {
      const items = Array.from({ length: count }, (_, i) => ({
        ...photographItem,
        name: `photograph ${i + 1}`,
      }));
      const page = renderReport(reportOf(items));
      expect(Buffer.byteLength(page)).toBeLessThan(limit);
      for (const { name } of items) expect(page).toContain(name);
      const shown = page.match(/<details class="item"/g)?.length ?? 0;
      if (count === 12) expect(shown).toBe(12);
      else expect(page).toContain(`Details of ${count - shown} inputs are left out`);
    }
  }, 120_000);

  it('contains only valid SVG', () => {
    for (const page of Object.values(all)) {
      const elements = page.match(svgElements) ?? [];
      expect(elements.length).toBeGreaterThan(8);
      for (const svg of elements) {
        // The store of a picture has no size, which a renderer refuses: give it one.
        expect(
          () => new Resvg(svg.replace('width="0" height="0"', 'width="9" height="9"')),
        ).not.toThrow();
      }
    }
    expect(() => new Resvg('<svg xmlns="http://www.w3.org/2000/svg"><a>&b</svg>')).toThrow();
  });

  it('escapes tokens, names, labels, command and versions', () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const comparison = fakeEmbedding(['▁good', `▁${evil}`, "▁it's", '▁a&b', '▁</style>'], 4);
    const page = renderReport(
      reportOf([{ name: evil, comparison: { ...comparison, model: evil } }], {
        command: `tripartite compare --text '${evil}'`,
        versions: { tripartite: evil, node: evil },
        hashes: { weights: [{ name: evil, sha256: evil }], inputs: [{ name: evil, sha256: evil }] },
      }),
    );
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    const document = parse(page);
    const tokens = [...document.querySelectorAll('.tokens .place')];
    expect(tokens.map((token) => token.textContent)).toEqual([
      'good',
      evil,
      "it's",
      'a&b',
      '</style>',
    ]);
    expect(document.querySelector('pre')?.textContent).toContain(evil);
    for (const svg of page.match(svgElements) ?? []) expect(() => new Resvg(svg)).not.toThrow();
  });

  it('is the same, byte for byte, for the same data', () => {
    expect(renderReport(reportOf([digitItem]))).toBe(digit);
  });

  it('begins with the verdict and, for a painter, the five pictures with their PSNR', () => {
    const document = parse(photograph);
    expect(document.querySelector('.verdict')?.textContent).toContain('1.10 dB below');
    const captions = [...document.querySelectorAll('.paintings figcaption')].map(
      (caption) => caption.textContent,
    );
    expect(captions).toHaveLength(5);
    expect(captions[1]).toContain('19.6 dB');
    expect(captions[2]).toContain('18.5 dB');
    expect(captions[4]).toContain('26.5 dB');
    expect(photograph.indexOf('class="paintings"')).toBeLessThan(
      photograph.indexOf('class="tiles"'),
    );
  });

  it('has a row for every head and says what the columns mean', () => {
    const document = parse(photograph);
    const table = document.querySelector('[aria-label="Table of heads"]');
    expect(table?.querySelectorAll('tbody tr')).toHaveLength(26);
    expect(table?.querySelectorAll('em')).toHaveLength(3);
    expect(photograph).toContain('nats');
    expect(photograph).toContain('Kullback–Leibler');
  });

  it('tells of cut text, inverted digits and draws', () => {
    const { comparison } = textItem;
    const cut = { ...comparison, tokensBeforeCut: comparison.tokens + 12, seeds: [1, 2, 3] };
    const page = renderReport(reportOf([{ ...textItem, comparison: cut }]));
    expect(page).toContain('The last 12 were cut off');
    expect(page).toContain('means over 3 draws');
    expect(digit).toContain('inverted first');
    expect(text).not.toContain('cut off');
  });

  it('says how to repeat it: command, versions, build, seed, hashes', () => {
    for (const part of ['paragraph.txt --report', '0.1.0', '22.0.0', 'plain SIMD']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('a'.repeat(64));
    expect(text).toContain('b'.repeat(64));
  });

  it('says which build computed, what that promises, and on how many threads', () => {
    const factsOf = (page: string) => parse(page).querySelector('.facts-list')?.textContent;
    expect(factsOf(text)).toContain('Kernelsplain SIMDThreads3');
    expect(text).toContain('the same bits on every machine, on any number of threads');
    const page = renderReport(reportOf([textItem], { build: 'relaxed', threads: 1 }));
    expect(factsOf(page)).toContain(
      'Kernelsrelaxed SIMD: last bits may differ between processorsThreads1',
    );
    expect(page).toContain('Relaxed SIMD was asked for (--fast)');
    expect(page).not.toContain('gives the same bits on every machine');
  });

  it('lists several inputs first, links them, and closes all but the first', () => {
    const document = parse(mixed);
    const links = [...document.querySelectorAll('a')].map((a) => a.getAttribute('href'));
    expect(links).toEqual(['#how', '#input-1', '#input-2', '#input-3']);
    for (const link of links) expect(document.querySelector(link ?? '')).not.toBeNull();
    const items = [...document.querySelectorAll('details.item')];
    expect(items.map((item) => item.hasAttribute('open'))).toEqual([true, false, false]);
  });

  it('gives every element that is referred to one id, and no id twice', () => {
    for (const page of [photograph, mixed]) {
      const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of page.matchAll(/<use href="#([^"]+)"/g)) expect(ids).toContain(id);
    }
  });

  it('can do without pictures, sweep, outputs and details of heads', () => {
    const bare = fakePainting();
    const page = renderReport(
      reportOf([
        {
          name: 'bare',
          comparison: { ...bare, details: { tokens: bare.details.tokens, heads: [] } },
        },
      ]),
    );
    expect(page).toContain('Every head');
    expect(page).not.toContain('undefined');
    expect(page).not.toContain('NaN');
  });

  it('has no undefined, NaN or object in its words', () => {
    for (const page of Object.values(all)) {
      const words = page.replace(/<script>[\s\S]*<\/script>/, '').replace(/data:[^"]*/g, '');
      expect(words.match(/undefined|NaN|\[object/)).toBeNull();
    }
  });
});
