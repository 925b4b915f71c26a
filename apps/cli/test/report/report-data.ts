import {
  fakeEmbedding,
  fakeLabel,
  fakePainting,
  fakeSweep,
} from '../../../../packages/sdk/test/figure/fake-comparison.js';
import { fakeTwins } from '../../../../packages/sdk/test/figure/fake-twins.js';
import type { ReportData, ReportItem } from '../../src/report/index.js';

/** A report's data about the items given. */
export function reportOf(
  items: readonly ReportItem[],
  change: Partial<ReportData> = {},
): ReportData {
  return {
    items,
    command: 'tripartite compare --text-file paragraph.txt --report report.html',
    versions: { tripartite: '0.1.0', node: '22.0.0' },
    build: 'plain',
    threads: 3,
    hashes: {
      weights: [{ name: 'use-lite', sha256: 'a'.repeat(64) }],
      inputs: items.map(({ name }) => ({ name, sha256: 'b'.repeat(64) })),
    },
    ...change,
  };
}

export const textItem: ReportItem = {
  name: 'paragraph.txt',
  comparison: fakeEmbedding(),
  beside: fakeTwins(fakeEmbedding()),
  sweep: fakeSweep('embedding'),
};
export const digitItem: ReportItem = {
  name: 'digit-7.png',
  comparison: fakeLabel(),
  beside: fakeTwins(fakeLabel()),
  sweep: fakeSweep('label'),
};
export const photographItem: ReportItem = {
  name: 'cat.png',
  comparison: fakePainting(),
  beside: fakeTwins(fakePainting()),
  sweep: fakeSweep('picture'),
};

/** A whole SVG element of a page or file, tag to tag. */
export const svgElements = /<svg[\s\S]*?<\/svg>/g;
