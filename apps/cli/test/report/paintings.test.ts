import { pictureDifference } from '@tripartite/sdk/figure';
import { describe, expect, it } from 'vitest';
import { fakePainting } from '../../../../packages/sdk/test/figure/fake-comparison.js';
import { pictureOver } from '../../src/report/picture-store.js';

const pictures = fakePainting().details.pictures;

describe('pictures of a painting', () => {
  it('laid over the original give the painting back, pixel by pixel', () => {
    const { original, softmax } = pictures ?? {};
    if (!original || !softmax) throw new Error('the fake has paintings');
    const over = pictureOver(original, softmax);
    let clear = 0;
    for (let i = 0; i < 96 * 96; i++) {
      const source =
        over.data[i * 4 + 3] === 255 ? over.data.subarray(i * 4) : original.data.subarray(i * 3);
      if (over.data[i * 4 + 3] === 0) clear++;
      expect([...source.subarray(0, 3)]).toEqual([...softmax.data.subarray(i * 3, i * 3 + 3)]);
    }
    expect(clear).toBeGreaterThan(96 * 48 * 0.7);
  });

  it('differ by the mean of the colours, twin minus transformer', () => {
    const picture = (...data: number[]) =>
      ({ width: 2, height: 1, channels: 3, data: Uint8Array.from(data) }) as const;
    const difference = pictureDifference(
      picture(10, 20, 30, 9, 9, 9),
      picture(13, 20, 30, 9, 3, 9),
    );
    expect([...difference]).toEqual([1, -2]);
  });
});
