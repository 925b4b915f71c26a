/** Asks once and keeps the answer; what failed is asked again the next time. */
export function once<V>(make: () => Promise<V>): () => Promise<V> {
  let kept: Promise<V> | undefined;
  return () => {
    if (kept) return kept;
    const value = make();
    kept = value;
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}

/** `once` for each key, an object; a key that is dropped lets its answer go. */
export function keepEach<K extends object, V>(
  make: (key: K) => Promise<V>,
): (key: K) => Promise<V> {
  const kept = new WeakMap<K, () => Promise<V>>();
  return (key) => {
    const ask = kept.get(key) ?? once(() => make(key));
    kept.set(key, ask);
    return ask();
  };
}
