import { describe, expect, test } from 'vitest';
import { probabilities } from '../src/answer/probabilities.js';
import { defaults, readAddress, writeAddress } from '../src/session/address.js';
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
    expect(neuronStops.map(nearestStop)).toEqual(neuronStops.map((_, i) => i));
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
