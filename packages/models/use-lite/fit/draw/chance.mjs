/** Draws from one seed, the same everywhere: integers only. */

/** mulberry32 (Tommy Ettinger, public domain): a function giving integers, 0 to 2³² − 1. */
export function createGenerator(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** FNV-1a: a seed of its own for every name, so that one source more does not change the draws of the others. */
export function hash(name, seed) {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Copies the items in random order (Fisher and Yates). */
export function shuffle(items, next) {
  const left = [...items];
  for (let i = 0; i < left.length; i++) {
    const j = i + (next() % (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left;
}

// Bounds of lengths in characters: an octave each, the long ones oftener, as most of a text's tokens are in them.
const octaves = [
  [24, 48],
  [48, 96],
  [96, 192],
  [192, 384],
  [192, 384],
  [384, 640],
  [384, 640],
];

/** A length in characters, 24 to 639. */
export function drawLength(next) {
  const [least, most] = octaves[next() % octaves.length];
  return least + (next() % (most - least));
}

/**
 * Draws `count` texts from runs of units (sentences of a paragraph, lines of a poem): neighbours joined by
 * `glue` until a drawn length is reached. No unit is used twice; fewer come back where the runs give no more.
 */
export function drawStretches(runs, count, glue, fits, next) {
  const starts = runs.flatMap((run, r) => run.map((_, u) => [r, u]));
  const used = runs.map((run) => new Uint8Array(run.length));
  const drawn = [];
  for (const [r, start] of shuffle(starts, next)) {
    if (drawn.length === count) break;
    const run = runs[r];
    const length = drawLength(next);
    let end = start;
    let text = '';
    while (end < run.length && !used[r][end] && text.length < length) {
      text += (end === start ? '' : glue) + run[end];
      end++;
    }
    if (end === start || text.length > 760 || !fits(text)) continue;
    used[r].fill(1, start, end);
    drawn.push(text);
  }
  return drawn;
}
