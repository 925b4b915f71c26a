import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { attentionFigure, attentionMap, encodeMatrix } from '../../src/figure/index.js';
import { fakeHead } from './fake-head.js';
import { markData, tickText } from './marks.js';

const head = (tokens: number) =>
  fakeHead({ layer: 0, head: 0, stack: 'encoder' }, tokens, 64, 7).detail;
const text = (tokens: number) =>
  ({ type: 'text', pieces: Array.from({ length: tokens }, (_, i) => `▁w${i}`) }) as const;

describe('attention maps', () => {
  it('give softmax and network one colour for one weight', () => {
    const detail = head(12);
    const softmax = attentionMap(detail, 'softmax').colours;
    const network = attentionMap(detail, 'network').colours;
    for (const weight of [0, 0.001, 0.05, 0.2, 1]) {
      expect(softmax.colours[softmax.index(weight)]).toEqual(
        network.colours[network.index(weight)],
      );
    }
    expect(softmax.legend).toEqual(network.legend);
  });

  it('use the whole scale: the largest weight of both maps has the last colour', () => {
    const detail = head(12);
    const { colours } = attentionMap(detail, 'softmax');
    const all = [...detail.attention.softmax, ...detail.attention.network];
    expect(colours.index(Math.max(...all))).toBe(colours.colours.length - 1);
    const used = new Set(all.map((weight) => colours.index(weight)));
    expect(used.size).toBeGreaterThan(8);
  });

  it('subtract softmax from the network, with zero clear and signs on their own sides', () => {
    const detail = head(12);
    const { values, colours } = attentionMap(detail, 'difference');
    values.forEach((value, i) => {
      const { softmax, network } = detail.attention;
      expect(value).toBeCloseTo((network[i] ?? 0) - (softmax[i] ?? 0), 6);
    });
    expect(colours.colours[colours.index(0)]?.[3]).toBe(0);
    const limit = Math.max(...values.map(Math.abs));
    const [red = 0, , blue = 0] = colours.colours[colours.index(limit)] ?? [];
    const [coldRed = 0, , coldBlue = 0] = colours.colours[colours.index(-limit)] ?? [];
    expect(red).toBeGreaterThan(blue);
    expect(coldBlue).toBeGreaterThan(coldRed);
  });

  it('show negative weights of signed activations as such', () => {
    const detail = head(6);
    const network = detail.attention.network.map((weight, i) => (i === 4 ? -weight : weight));
    const signed = { ...detail, attention: { ...detail.attention, network } };
    const { colours } = attentionMap(signed, 'network');
    expect(colours.legend.ticks[0]?.text).toMatch(/^−/);
    expect(colours.index(network[4] ?? 0)).toBeLessThan(colours.index(0));
  });

  it('draw a rectangle a weight, row a query, up to 24 tokens', () => {
    const detail = head(24);
    const cells = markData(attentionFigure(detail, 'softmax', text(24)), 0) as {
      query: number;
      key: number;
      value: number;
    }[];
    expect(cells).toHaveLength(24 * 24);
    for (const { query, key, value } of cells) {
      expect(value).toBe(detail.attention.softmax[query * 24 + key]);
    }
  });

  it('are one embedded picture above that, a pixel a weight in the colour of the scale', () => {
    const detail = head(25);
    const figure = attentionFigure(detail, 'softmax', text(25));
    expect(markData(figure, 0)).not.toHaveLength(25 * 25);
    const { values, colours } = attentionMap(detail, 'softmax');
    const png = Buffer.from(encodeMatrix(values, 25, 25, colours));
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    values.forEach((value, i) => {
      const place = Math.floor(i / 25) * 26 + 1 + (i % 25);
      expect(rows[place]).toBe(colours.index(value));
    });
  });

  it('label axes with the tokens up to 40, with positions above', () => {
    const few = attentionFigure(head(40), 'network', text(40));
    expect(tickText(few.x, 3)).toBe('w3');
    const many = attentionFigure(head(41), 'network', text(41));
    expect(tickText(many.x, 3)).toBe('3');
  });
});
