import { OutOfMemory } from '@tripartite/kernels';
import { describe, expect, it } from 'vitest';
import { builds } from './workbench.js';

const most = 2 ** 31 - 1;
const limit = 2 ** 32;

describe.each(builds)('sizes beyond 32-bit addresses, $build', (kernels) => {
  /** Exact needs in bytes, to one part in a thousand, of what the kernels say. */
  const needs: [name: string, said: () => number, exact: number][] = [
    ['panels', () => kernels.panelBytes(2 ** 20, 2 ** 11), 4 * 2 ** 31],
    ['panels of most rows', () => kernels.panelBytes(most, 64), 4 * most * 64],
    ['keys', () => kernels.keyCacheBytes(2 ** 25, 64), 4 * 2 ** 31],
    ['most keys', () => kernels.keyCacheBytes(most, 64), 4 * most * 64],
    ['values', () => kernels.valueCacheBytes(2 ** 25, 600), 4 * 2 ** 25 * 600],
    ['most values', () => kernels.valueCacheBytes(most, 600), 4 * most * 600],
    ['a softmax head', () => kernels.softmaxHeadScratch(2 ** 25, 600, 600), 8 * 2 ** 25 * 600],
    ['most tokens of a head', () => kernels.softmaxHeadScratch(most, 600, 600), 8 * most * 600],
    // Three rooms: both parts of the strips, and the panels.
    ['synapses', () => kernels.synapsesBytes(600, 2 ** 25), 12 * 2 ** 25 * 600],
    ['synapses of wide values', () => kernels.synapsesBytes(2 ** 29, 64), 12 * 2 ** 29 * 64],
    ['a head', () => kernels.astrocyteHeadScratch(64, 600, 2 ** 25), 12 * 2 ** 25 * 600],
  ];

  it.each(needs)('are said as a number, not wrapped round: %s', (_, said, exact) => {
    const bytes = said();
    expect(bytes).toBeGreaterThan(limit);
    expect(bytes / exact).toBeGreaterThan(0.99);
    expect(bytes / exact).toBeLessThan(1.02);
    const used = kernels.arena.used();
    expect(() => kernels.arena.allocate(bytes)).toThrow(OutOfMemory);
    expect(kernels.arena.used()).toBe(used);
  });

  it('are said as a number for scratch memory too', () => {
    for (const said of [
      kernels.scratchBytes(2 ** 28, 64, 64),
      kernels.scratchBytes(64, 2 ** 28, 64),
      kernels.scratchBytes(64, 64, 2 ** 28),
      kernels.streamScratch(64, 64, 2 ** 28, 120),
      kernels.streamScratch(64, 2 ** 28, 64, 120),
      kernels.streamScratch(64, 64, 64, 2 ** 25),
    ]) {
      expect(said).toBeGreaterThan(limit);
      expect(() => kernels.arena.allocate(said)).toThrow(OutOfMemory);
    }
  });

  it('are more for larger sizes, whatever the size', () => {
    let last = -1;
    for (let size = 1; size < 2 ** 30; size *= 2) {
      const all = [
        kernels.panelBytes(size, 3),
        kernels.keyCacheBytes(size, 3),
        kernels.valueCacheBytes(size, 3),
        kernels.synapsesBytes(3, size),
        kernels.synapsesBytes(size, 3),
        kernels.astrocyteHeadScratch(3, 3, size),
        kernels.softmaxHeadScratch(size, 3, 3),
        kernels.streamScratch(3, 3, size, 120),
      ].reduce((sum, bytes) => sum + bytes, 0);
      expect(all).toBeGreaterThan(last);
      last = all;
    }
  });
});
