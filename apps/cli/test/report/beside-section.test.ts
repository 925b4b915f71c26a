import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.js';
import { digitItem, photographItem, reportOf, textItem } from './report-data.js';

const parse = (page: string) => parseHTML(page).document;
const photograph = renderReport(reportOf([photographItem]));

describe('hidden layers side by side in a report', () => {
  it('come first, with their numbers in a sentence and the bars for desk and phone', () => {
    const page = renderReport(reportOf([textItem]));
    const section = parse(page).querySelector('section');
    expect(section?.className).toBe('side-by-side');
    expect(section?.querySelector('.finding')?.textContent).toContain(
      '0.97 with learned weights, 0.72 and 0.47 with random ones',
    );
    for (const size of ['wide', 'narrow']) {
      const words = section?.querySelector(`.${size} svg`)?.textContent ?? '';
      for (const name of ['transformer (softmax)', 'learned', 'random, matched', '0.968']) {
        expect(words).toContain(name);
      }
    }
  });

  it('are paintings, each with its PSNR and its difference from the transformer’s', () => {
    const figures = [...parse(photograph).querySelectorAll('.strip figure')];
    expect(figures.map((figure) => figure.querySelector('figcaption')?.textContent)).toEqual([
      'transformer (softmax)what the others stand in for',
      'learnedPSNR 31.0 dB against it',
      'random, matchedPSNR 27.0 dB against it',
      'random neurons (performer)PSNR 23.0 dB against it',
    ]);
    expect(figures.map((figure) => figure.querySelectorAll('svg').length)).toEqual([1, 2, 2, 2]);
    expect(figures[0]?.querySelector('p')?.textContent).toMatch(/up to [\d.]+ of 255 grey levels/);
  });

  it('show each picture by one copy of it, however often it is shown', () => {
    const document = parse(photograph);
    const stored = [...document.querySelectorAll('.store image')];
    const addresses = stored.map((image) => image.getAttribute('href'));
    // The original, the transformer's, three layers', the compared twin's, the masked one.
    expect(addresses).toHaveLength(7);
    expect(new Set(addresses).size).toBe(7);
    const shown = [...document.querySelectorAll('.strip use, .paintings use')];
    expect(shown.length).toBeGreaterThan(8);
  });

  it('stand above all inputs for the first, and in the section of each other', () => {
    const document = parse(renderReport(reportOf([textItem, photographItem, digitItem])));
    const sections = [...document.querySelectorAll('.side-by-side')];
    const places = sections.map((section) => section.closest('details')?.id ?? 'top');
    expect(places).toEqual(['top', 'input-2', 'input-3']);
    expect(document.querySelector('main')?.textContent).toContain('Shown for “paragraph.txt”');
  });

  it('are left out where there are none', () => {
    const { beside: _, ...alone } = textItem;
    const page = renderReport(reportOf([alone, { ...photographItem, beside: [] }]));
    expect(parse(page).querySelector('.side-by-side')).toBeNull();
    expect(page).not.toContain('Shown for');
  });
});
