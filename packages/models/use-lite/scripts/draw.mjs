// Seeded draws of paragraphs, for the scripts that make the text of this package.

/** mulberry32 (Tommy Ettinger, public domain): the same draws everywhere, as it uses integers only. */
export function createGenerator(state) {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Copies `count` items, drawn without replacement, in random order (Fisher and Yates). */
export function draw(items, count, next) {
  if (items.length < count) throw new Error(`${items.length} paragraphs; ${count} are to be drawn`);
  const left = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + (next() % (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left.slice(0, count);
}
