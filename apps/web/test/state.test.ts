import { probabilities } from '@tripartite/sdk/figure';
import { describe, expect, test } from 'vitest';
import { defaults, readAddress, writeAddress } from '../src/session/address.js';
import { hiddenOptions, hiddenValues, optionOf, readWish } from '../src/session/hidden-options.js';
import { nearestStop, neuronStops } from '../src/session/settings.js';

const kinds = ['matched', 'performer'];

describe('the address', () => {
  test('carries a state there and back, and is empty for the defaults', () => {
    const state = { mode: 'digit', kind: 'performer', neurons: 1024, seed: 0, fast: true } as const;
    expect(readAddress(writeAddress(state), kinds)).toEqual(state);
    expect(writeAddress({ ...defaults, fast: true })).toBe('#simd=relaxed');
    expect(writeAddress(defaults)).toBe('');
    expect(readAddress('', kinds)).toEqual(defaults);
  });

  test.each(['#show=film&hidden=magic&neurons=-4&seed=1.5', '#neurons=&seed=x', '#simd=1', '#%%%'])(
    'falls back to the defaults where %s is not allowed',
    (hash) => {
      expect(readAddress(hash, kinds)).toEqual(defaults);
    },
  );

  test('takes the stop nearest by ratio for a number of neurons between stops', () => {
    expect(readAddress('#neurons=300', kinds).neurons).toBe(256);
    expect(readAddress('#neurons=1e9', kinds).neurons).toBe(4096);
    expect(neuronStops.map((stop) => nearestStop(stop))).toEqual(neuronStops.map((_, i) => i));
  });
});

describe('probabilities', () => {
  test('are softmax to twelve digits, and add up to 1', () => {
    const logits = [3.5, -2, 0.25, 9, 8.999, -700];
    const weights = logits.map((logit) => Math.exp(logit - 9));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const shares = probabilities(logits);
    shares.forEach((share, i) => {
      expect(Math.abs(share - (weights[i] ?? 0) / sum)).toBeLessThan(1e-12);
    });
    expect(shares.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 12);
    expect(probabilities([1e6, 0])).toEqual([1, 0]);
  });
});

describe('hidden layers to choose from', () => {
  const entry = (kind: 'learned' | 'fine-tuned' | 'matched', neurons: number, shared = false) => {
    return { file: `hidden/${kind}-${neurons}.safetensors`, kind, neurons, shared };
  };
  const options = hiddenOptions([
    entry('fine-tuned', 64),
    entry('learned', 1024),
    entry('learned', 256),
    entry('learned', 256, true),
    entry('matched', 256),
  ]);

  test('are the fitted ones in the order of the model, each with its numbers, then the draws', () => {
    expect(options.slice(0, 5).map(({ label, stops }) => [label, stops])).toEqual([
      ['fine-tuned', [64]],
      ['learned', [256, 1024]],
      ['learned, one φ', [256]],
      ['matched', neuronStops],
      ['performer', neuronStops],
    ]);
    const values = options.map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    expect(values.filter((value) => !hiddenValues.includes(value))).toEqual([]);
    for (const { summary } of options) expect(summary).not.toMatch(/undefined|^$/);
    expect(hiddenOptions([])[0]?.value).toBe('matched');
  });

  test('come down to wishes, and are found again by what is reported of them', () => {
    expect(readWish('', 64)).toEqual({ neurons: 64 });
    expect(readWish('cosine', 64)).toEqual({ kind: 'cosine', neurons: 64 });
    const sha256 = 'e'.repeat(64);
    for (const option of options) {
      const { kind = '', shared, neurons } = readWish(option.value, 128);
      expect([kind, shared, neurons]).toEqual([option.kind, option.shared, 128]);
      const own = shared === undefined ? {} : { sha256, ...(shared && { shared }) };
      expect(optionOf(options, { kind, neurons, ...own })).toBe(option);
    }
  });

  test('have the nearest number by ratio, of two the larger, as the command line takes it', () => {
    expect(nearestStop(128, [64, 256, 1024])).toBe(1);
    expect(nearestStop(100, [64, 256])).toBe(0);
    expect(nearestStop(1, [64])).toBe(0);
  });
});
