// The hidden layer of one head while it is fitted, as the SDK lays it out in memory.

/**
 * φ_q(q) = exp(W_q q + c_q + o) and φ_k(k) = exp(W_k k + c_k − ½ Σ α k² + γ g) of centred, balanced queries and keys
 * (docs/model.md 2), g the key's own gain a·k. With one φ for both, W_q and W_k are the same memory, c_q and c_k too,
 * and queries have −½ Σ α q² as well. All parameters lie in one row of float32 from `base` on; a gradient is a row of
 * the same order.
 */
export class FitHead {
  /** Width d of a token, and number m of neurons. */
  width: i32;
  neurons: i32;
  /** 1: one φ for queries and keys. */
  shared: i32;
  base: usize;
  /** W (m,d) and c (m). */
  queryWeights: usize;
  queryBias: usize;
  keyWeights: usize;
  keyBias: usize;
  /** α (d). */
  curvature: usize;
  /** γ, then o. */
  gains: usize;
}
