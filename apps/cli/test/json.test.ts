import { expect, it } from 'vitest';
import { itemsToJson, toJson } from '../src/output/json.js';

it('prints one item as an object and several as items beside their mean', () => {
  expect(itemsToJson([{ a: 1 }])).toBe('{"a":1}');
  expect(itemsToJson([{ a: 1 }, { a: 3 }], { mean: { a: 2 } })).toBe(
    '{"items":[{"a":1},{"a":3}],"mean":{"a":2}}',
  );
});

it('turns typed arrays into lists and numbers that are not finite into null', () => {
  const value = { x: Float32Array.of(0.5, Number.NaN), y: Number.POSITIVE_INFINITY, z: null };
  expect(toJson(value)).toBe('{"x":[0.5,null],"y":null,"z":null}');
});

it('keeps every bit of a float32', () => {
  const x = Float32Array.of(0.1, 1 / 3, 1e-38, 16_777_217);
  const back = JSON.parse(toJson({ x })) as { x: number[] };
  expect(Float32Array.from(back.x)).toEqual(x);
});
