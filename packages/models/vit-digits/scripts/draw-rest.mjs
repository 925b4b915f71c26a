// Which digits may be fitted on: those whose pixels are in no other set.

/** mulberry32 (Tommy Ettinger, public domain): the same draws everywhere, as it uses integers only. */
function createGenerator(state) {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/**
 * Draws `perDigit` places [digit, index] of each digit without replacement. Levels decide what is the same
 * picture: none equals one at the places `taken`, nor one drawn before. The digits take turns, 0 to 9, so
 * that the first 10 n are balanced.
 */
export function drawRest(pool, taken, { perDigit, seed }) {
  const next = createGenerator(seed);
  const seen = new Set(taken.map(([digit, index]) => pool[digit][index].join()));
  const drawn = pool.map((pictures, digit) => {
    const left = pictures.flatMap((levels, index) => {
      const key = levels.join();
      if (seen.has(key)) return [];
      seen.add(key);
      return [[digit, index]];
    });
    if (left.length < perDigit)
      throw new Error(`${left.length} pictures of ${digit} are left; ${perDigit} are to be drawn`);
    for (let i = 0; i < perDigit; i++) {
      const j = i + (next() % (left.length - i));
      [left[i], left[j]] = [left[j], left[i]];
    }
    return left;
  });
  return Array.from({ length: perDigit }, (_, i) => drawn.map((places) => places[i])).flat();
}
