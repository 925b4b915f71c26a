import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { attentionFigure, attentionMap, figures } from '@tripartite/sdk/figure';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { figureSvg, hasFont, saveFigures, svgToPng } from '../../src/report/index.js';
import { digitItem, photographItem, textItem } from './report-data.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'figures-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('saved figures', () => {
  it('are an SVG and a PNG each, twice the size in pixels, with no temporary file left', async () => {
    const list = figures(digitItem.comparison, digitItem.sweep).slice(0, 4);
    const into = join(dir, 'new', 'folder');
    const { files } = await saveFigures(into, list);
    expect(files).toHaveLength(8);
    const names = list.flatMap(({ name }) => [`${name}.png`, `${name}.svg`]).sort();
    expect((await readdir(into)).sort()).toEqual(names);
    for (const { name, options } of list) {
      const { width, height, format } = await sharp(join(into, `${name}.png`)).metadata();
      expect(format).toBe('png');
      expect([width, height]).toEqual([2 * (options.width ?? 0), 2 * (options.height ?? 0)]);
    }
  });

  it('replace files of the same name', async () => {
    const list = figures(textItem.comparison).slice(0, 1);
    const path = join(dir, `${list[0]?.name}.svg`);
    await writeFile(path, 'old');
    await saveFigures(dir, list);
    expect(await readFile(path, 'utf8')).toMatch(/^<\?xml/);
  });

  it('are valid XML for every figure of every kind of comparison', () => {
    for (const { comparison, sweep } of [textItem, digitItem, photographItem]) {
      for (const figure of figures(comparison, sweep)) {
        const svg = figureSvg(figure);
        expect(svg).toMatch(
          /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/,
        );
        expect(() => new Resvg(svg)).not.toThrow();
        expect(svg.replace(/data:[^"]*/g, '').match(/NaN|undefined/)).toBeNull();
      }
    }
  });

  it('have their text in the PNG where the system has a font', async () => {
    const figure = figures(textItem.comparison).find(({ name }) => name === 'heads');
    if (!figure) throw new Error('there is a figure of heads');
    const svg = figureSvg(figure);
    const ink = async (source: string) => {
      const { data } = await sharp(svgToPng(source))
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return data.reduce((sum, value) => sum + (value < 128 ? 1 : 0), 0);
    };
    const without = await ink(svg.replace(/<text[\s\S]*?<\/text>/g, ''));
    if (hasFont()) expect(await ink(svg)).toBeGreaterThan(without + 500);
    else expect(await ink(svg)).toBe(without);
  });

  it('stand on white, in dark ink, whatever the reader’s page is', async () => {
    const figure = figures(textItem.comparison)[0];
    if (!figure) throw new Error('there is a figure');
    const { data } = await sharp(svgToPng(figureSvg(figure)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  });

  it('keep the pixels of an embedded map sharp: only the colours of its scale', async () => {
    const { details } = textItem.comparison;
    const [head] = details.heads;
    if (!head) throw new Error('the fake has heads');
    const options = attentionFigure(head, 'softmax', details.tokens);
    const png = svgToPng(figureSvg({ title: 'map', options }));
    const left = 2 * ((options.marginLeft ?? 0) + 4);
    const top = 2 * ((options.marginTop ?? 0) + 4);
    const region = { left, top, width: 500, height: 500 };
    const { data } = await sharp(png).extract(region).raw().toBuffer({ resolveWithObject: true });
    const { colours } = attentionMap(head, 'softmax').colours;
    const known = new Set(colours.map(([r, g, b]) => `${r},${g},${b}`));
    const seen = new Set<string>();
    for (let i = 0; i < data.length; i += 4) seen.add(data.subarray(i, i + 3).join(','));
    expect(seen.size).toBeGreaterThan(5);
    expect([...seen].filter((colour) => !known.has(colour))).toEqual([]);
  });
});
