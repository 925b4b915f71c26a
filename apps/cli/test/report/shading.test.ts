import { shadingScale } from '@tripartite/sdk/figure';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.js';
import { reportScript } from '../../src/report/script.js';
import { ratioWords, shadingLevels, shadingStyle } from '../../src/report/shading.js';
import { photographItem, reportOf, textItem } from './report-data.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('shading in the report', () => {
  it('gives token t the level of log(c_t / normaliser_t)', () => {
    const { heads } = textItem.comparison.details;
    const scale = shadingScale(heads);
    for (const head of heads) {
      const levels = shadingLevels(head, scale, null, 0);
      expect(levels).toHaveLength(head.response.length);
      [...levels].forEach((letter, t) => {
        const log = Math.log((head.response[t] ?? 0) / (head.normaliser[t] ?? 0));
        const inside = Math.max(-1, Math.min(1, log / scale.limit));
        expect(alphabet.indexOf(letter)).toBe(20 + Math.round(20 * inside));
      });
    }
  });

  it('shows the median head first, each token in its class', () => {
    const { document } = parseHTML(renderReport(reportOf([textItem])));
    const chosen = document.querySelector('option[selected]');
    const levels = chosen?.getAttribute('data-levels') ?? '';
    const classes = [...document.querySelectorAll('.tokens .place')].map(
      (place) => place.getAttribute('class') ?? '',
    );
    expect(classes).toEqual([...levels].map((letter) => `place k${letter}`));
    const name = chosen?.textContent?.split(' ')[0];
    const sorted = [...textItem.comparison.heads].sort((a, b) => a.outputError - b.outputError);
    expect(name).toBe(`${sorted[3]?.layer}.${sorted[3]?.head}`);
  });

  it('puts patches in their places, the class token last, hidden patches without a level', () => {
    const { heads, tokens } = photographItem.comparison.details;
    const [head] = heads;
    if (!head || tokens.type !== 'patches') throw new Error('the fake has patches');
    const scale = shadingScale(heads);
    const levels = shadingLevels(head, scale, tokens.encoder, 12);
    const plain = shadingLevels(head, scale, null, 0);
    expect(levels).toHaveLength(145);
    expect(levels[144]).toBe(plain[0]);
    tokens.encoder.slice(1).forEach((patch, i) => {
      expect(levels[patch]).toBe(plain[i + 1]);
    });
    expect([...levels].filter((level) => level === '-')).toHaveLength(145 - tokens.encoder.length);
  });

  it('marks responses that are not positive', () => {
    const [head] = textItem.comparison.details.heads;
    if (!head) throw new Error('the fake has heads');
    const response = head.response.map((c, t) => (t === 2 ? -c : c));
    expect(shadingLevels({ ...head, response }, shadingScale([head]), null, 0)[2]).toBe('!');
  });

  it('carries the ratio of every level, so that the page computes none', () => {
    const scale = shadingScale(textItem.comparison.details.heads);
    const words = ratioWords(scale);
    expect(words).toHaveLength(41);
    expect(words[20]).toBe('1.0');
    words.forEach((word, i) => {
      expect(Math.log(Number(word)) / scale.limit).toBeCloseTo((i - 20) / 20, 1);
    });
    const { document } = parseHTML(renderReport(reportOf([textItem])));
    expect(document.querySelector('.shading')?.getAttribute('data-ratios')).toBe(words.join(' '));
    expect(reportScript).not.toContain('Math.');
  });

  it('has a style rule for every level that occurs', () => {
    const page = renderReport(reportOf([photographItem]));
    const used = new Set([...page.matchAll(/class="place (?:chip )?(k\w)"/g)].map(([, k]) => k));
    expect(used.size).toBeGreaterThan(5);
    for (const name of used) expect(page.split(`.${name}{`)).toHaveLength(2);
    const rules = shadingStyle().match(/\.k\w/g) ?? [];
    expect(new Set(rules).size).toBe(rules.length);
    expect(rules).toHaveLength(43);
  });
});
