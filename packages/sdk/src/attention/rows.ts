import type { Pointer } from '@tripartite/kernels';
import type { Responses } from './responses.js';

export type { Responses } from './responses.js';

/** Rows of float32 values in an arena. */
export interface Rows {
  readonly pointer: Pointer;
  /** Elements from one row to the next. */
  readonly stride: number;
  readonly rows: number;
}

/**
 * An attention mechanism on memory in an arena: what heads and transformers are made of. Keys and queries come
 * as the transformer has them; the mechanism scales them by d^−¼ itself.
 */
export interface Mechanism {
  /** Forgets everything. */
  begin(): void;
  /** Makes room for more tokens, where memory grows with them; what it allocates stays. */
  reserve(tokens: number): void;
  /** Takes tokens in. `mask` points at a byte per token (0: leave out), or is 0. */
  write(keys: Rows, values: Rows, mask: Pointer): void;
  /** Answers queries, without a change of state. `out` has the values' width. */
  read(queries: Rows, out: Rows): Responses;
  /** Causal: each token is written, then its query read. */
  stream(queries: Rows, keys: Rows, values: Rows, out: Rows, mask: Pointer): Responses;
}
