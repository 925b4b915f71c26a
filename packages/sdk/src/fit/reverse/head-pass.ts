import type { Rows } from '../../attention/rows.js';
import type { HeadCall, ItemRows } from '../../transformer/stream.js';

/** The rows of one input at one head as in the forward pass, and those of their gradients, with the same strides. */
export interface HeadGradientRows extends ItemRows {
  /** Gradient by `out`; to be read. */
  readonly dOut: Rows;
  /** Gradients by q, k and v as the transformer has them, before any scale; to be written, not added to. */
  readonly dq: Rows;
  readonly dk: Rows;
  readonly dv: Rows;
}

/**
 * The heads of a recorded pass. Both functions get every input of the batch at once, `call` by `call`, and `reverse`
 * the latest first. What `forward` allocates in the arena stays until the recording is released; `reverse` frees what
 * it allocates.
 */
export interface HeadPass {
  /** Fills `out`, and keeps what `reverse` will need. */
  forward(call: HeadCall, batch: readonly ItemRows[]): void;
  /**
   * Adds to gradients of the head's own, and writes dq, dk, dv; it may leave these three out where `needsInputs` is
   * false. It is not called where the loss does not depend on the head.
   */
  reverse(call: HeadCall, batch: readonly HeadGradientRows[], needsInputs: boolean): void;
}
