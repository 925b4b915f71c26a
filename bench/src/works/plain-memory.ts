/** Numbers of one width. */
export type Numbers = Float32Array | Float64Array;

/** Neurons x (N), synapses s (N,N) and astrocyte processes p (N,N), in one kind of array. */
export interface MemoryState<T extends Numbers> {
  readonly x: T;
  readonly s: T;
  readonly p: T;
}

/**
 * Euler steps of the neuron–astrocyte associative memory, every rate and time 1, without inputs, in plain
 * TypeScript: s and p are passed once a step, patterns (K,N), K even, taken in pairs, so that their share of p
 * costs O(K N²). Changes the state in place.
 */
export function plainMemory<T extends Numbers>(
  { x, s, p }: MemoryState<T>,
  patterns: T,
  beta: number,
  dt: number,
): (steps: number) => void {
  const n = x.length;
  const count = patterns.length / n;
  const phi = new Float64Array(n);
  const psi = new Float64Array(n);
  const overlaps = new Float64Array(count);
  const stored = new Float64Array(count);

  /** p_i += Σ_μ t_μ ξ_i ξ^μ, for what the last step stored. */
  const addStored = (i: number) => {
    for (let mu = 0; mu < count; mu += 2) {
      const first = mu * n;
      const a = (stored[mu] as number) * (patterns[first + i] as number);
      const b = (stored[mu + 1] as number) * (patterns[first + n + i] as number);
      for (let j = 0, ij = i * n, at = first; j < n; j++, ij++, at++) {
        const share = a * (patterns[at] as number) + b * (patterns[at + n] as number);
        p[ij] = (p[ij] as number) + share;
      }
    }
  };

  /** One row of s and p; Σ_j g(s_ij) φ(x_j). */
  const advanceRow = (i: number): number => {
    const own = phi[i] as number;
    let input = 0;
    for (let j = 0, ij = i * n; j < n; j++, ij++) {
      const synapse = s[ij] as number;
      const process = p[ij] as number;
      const other = phi[j] as number;
      const gain = Math.tanh(beta * synapse);
      const release = Math.tanh(beta * process);
      psi[j] = release;
      input += gain * other;
      s[ij] = synapse + dt * (own * other + release - synapse);
      p[ij] = process + dt * (gain - process);
    }
    return input;
  };

  /** e_μ += ξ_i ψ·ξ^μ. */
  const addOverlaps = (i: number) => {
    for (let mu = 0; mu < count; mu += 2) {
      const first = mu * n;
      let a = 0;
      let b = 0;
      for (let j = 0, at = first; j < n; j++, at++) {
        const release = psi[j] as number;
        a += release * (patterns[at] as number);
        b += release * (patterns[at + n] as number);
      }
      overlaps[mu] = (overlaps[mu] as number) + a * (patterns[first + i] as number);
      overlaps[mu + 1] = (overlaps[mu + 1] as number) + b * (patterns[first + n + i] as number);
    }
  };

  return (steps) => {
    stored.fill(0);
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < n; i++) phi[i] = Math.tanh(beta * (x[i] as number));
      overlaps.fill(0);
      for (let i = 0; i < n; i++) {
        if (step) addStored(i);
        const input = advanceRow(i);
        addOverlaps(i);
        x[i] = (x[i] as number) + dt * (input - (x[i] as number));
      }
      for (let mu = 0; mu < count; mu++) stored[mu] = (dt / n ** 3) * (overlaps[mu] as number);
    }
    if (steps) for (let i = 0; i < n; i++) addStored(i);
  };
}
