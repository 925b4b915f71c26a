import { patchify } from '../image/patches.js';
import type { PatchPlan } from './plan.js';
import { applyLinear, countRows, layOutSpans, type Operation } from './stream.js';

/** x = factor · embedding + [sin | cos](position · inverse time scale). */
export const embedTokens: Operation<'embed-tokens'> = (
  { kernels, weights, inputs },
  stream,
  step,
) => {
  const { arena } = kernels;
  const { width, factor } = step;
  const half = width / 2;
  stream.spans = layOutSpans(inputs.map(({ ids }) => ids?.length ?? 0));
  stream.width = width;
  const rows = countRows(stream);
  stream.x = arena.floats(rows * width);
  const mark = arena.mark();
  const longest = stream.spans.reduce((most, span) => Math.max(most, span.rows), 0);
  const phase = arena.floats(longest * half);
  const timing = arena.floats(longest * width);
  const scales = arena.viewFloats(weights.tensor(step.timescales), half);
  const phases = arena.viewFloats(phase, longest * half);
  for (let t = 0; t < longest; t++) {
    for (let i = 0; i < half; i++) phases[t * half + i] = t * (scales[i] as number);
  }
  const sines = arena.floats(longest * half);
  const cosines = arena.floats(longest * half);
  kernels.sin(sines, phase, longest * half, 0);
  kernels.sin(cosines, phase, longest * half, 1);
  for (let t = 0; t < longest; t++) {
    const row = arena.viewFloats(timing + t * width * 4, width);
    row.set(arena.viewFloats(sines + t * half * 4, half));
    row.set(arena.viewFloats(cosines + t * half * 4, half), half);
  }
  inputs.forEach(({ ids = [] }, item) => {
    const first = stream.spans[item]?.start ?? 0;
    ids.forEach((id, t) => {
      const row = arena.viewFloats(stream.x + (first + t) * width * 4, width);
      const embedding = arena.viewFloats(weights.tensor(step.table) + id * width * 4, width);
      const time = arena.viewFloats(timing + t * width * 4, width);
      for (let i = 0; i < width; i++) {
        row[i] = Math.fround(factor * (embedding[i] as number)) + (time[i] as number);
      }
    });
  });
  arena.release(mark);
};

/** x = [class token | projected patches] + positions; where an order is given, its visible patches only. */
export const embedPatches: Operation<'embed-patches'> = (context, stream, step) => {
  const { kernels, weights, inputs } = context;
  const { arena } = kernels;
  const { width } = step;
  const { imageSize, patchSize, channels } = context.patches as PatchPlan;
  const all = (imageSize / patchSize) ** 2;
  const size = step.projection.input;
  stream.spans = layOutSpans(inputs.map(({ order }) => 1 + (order?.visible ?? all)));
  stream.width = width;
  stream.x = arena.floats(countRows(stream) * width);
  const mark = arena.mark();
  const classRow = arena.floats(width);
  kernels.add(classRow, weights.tensor(step.classToken), weights.tensor(step.positions), width);
  inputs.forEach(({ pixels = new Float32Array(0), order }, item) => {
    const inner = arena.mark();
    const shape = { channels, height: imageSize, width: imageSize };
    const patches = patchify(pixels, shape, patchSize, 'channel-row-column');
    const seen = Array.from({ length: order?.visible ?? all }, (_, i) => order?.shuffle[i] ?? i);
    const input = arena.floats(seen.length * size);
    const place = arena.floats(seen.length * width);
    const x = stream.x + (stream.spans[item]?.start ?? 0) * width * 4;
    seen.forEach((patch, i) => {
      arena
        .viewFloats(input + i * size * 4, size)
        .set(patches.subarray(patch * size, (patch + 1) * size));
      const position = weights.tensor(step.positions) + (patch + 1) * width * 4;
      arena.viewFloats(place + i * width * 4, width).set(arena.viewFloats(position, width));
    });
    arena.viewFloats(x, width).set(arena.viewFloats(classRow, width));
    const rows = x + width * 4;
    applyLinear(kernels, weights.linear(step.projection), input, seen.length, { out: rows });
    kernels.add(rows, rows, place, seen.length * width);
    arena.release(inner);
  });
  arena.release(mark);
};

/** Puts visible tokens back where their patches are and the mask token elsewhere, then adds positions. */
export const restorePatches: Operation<'restore-patches'> = (context, stream, step) => {
  const { kernels, weights, inputs } = context;
  const { arena } = kernels;
  const { width } = step;
  const { imageSize, patchSize } = context.patches as PatchPlan;
  const all = (imageSize / patchSize) ** 2;
  const from = stream.spans;
  const old = stream.x;
  stream.spans = layOutSpans(inputs.map(() => 1 + all));
  stream.x = arena.floats(countRows(stream) * width);
  inputs.forEach(({ order }, item) => {
    const source = old + (from[item]?.start ?? 0) * width * 4;
    const x = stream.x + (stream.spans[item]?.start ?? 0) * width * 4;
    arena.viewFloats(x, width).set(arena.viewFloats(source, width));
    for (let i = 0; i < all; i++) {
      const patch = order?.shuffle[i] ?? i;
      const visible = i < (order?.visible ?? all);
      const token = visible ? source + (i + 1) * width * 4 : weights.tensor(step.maskToken);
      arena.viewFloats(x + (patch + 1) * width * 4, width).set(arena.viewFloats(token, width));
    }
    kernels.add(x, x, weights.tensor(step.positions), (1 + all) * width);
  });
};
