import type { Pointer } from './abi/pointer.js';
import type { Arena } from './arena.js';

/** One side (queries or keys) of a hidden layer; see `HiddenInput` in assembly/hidden-input.ts. */
export interface HiddenInputFields {
  /** Width of a token. */
  readonly width: number;
  readonly neurons: number;
  /** Code of φ, from `activations`. */
  readonly activation: number;
  /** Factor on tokens. */
  readonly scale: number;
  /** Log factor of a token: constant + gain·x + norm·‖x′‖², x′ = M(x − centre); shift·‖x′‖² is added to z. */
  readonly constant: number;
  readonly norm: number;
  readonly shift: number;
  /** Columns of the weights: width + 1, or width where there is no bias. */
  readonly depth: number;
  /** [W | b] (neurons,depth) in panels of rows; 0: the tokens are activities already. */
  readonly rows: Pointer;
  /** The same in panels of eight columns. */
  readonly lanes: Pointer;
  /** M (width,width) in panels of rows; 0: none. */
  readonly map: Pointer;
  /** (width); 0: none. */
  readonly centre: Pointer;
  readonly gain: Pointer;
}

/** Puts one side of a hidden layer into the arena, field by field as the kernels read it. */
export function placeHiddenInput(arena: Arena, fields: HiddenInputFields): Pointer {
  const at = arena.allocate(52);
  const { width, neurons, activation, scale, constant, norm, shift } = fields;
  arena.viewIntegers(at, 3).set([width, neurons, activation]);
  arena.viewFloats(at + 12, 4).set([scale, constant, norm, shift]);
  const { rows, lanes, map, centre, gain, depth } = fields;
  arena.viewIntegers(at + 28, 6).set([rows, lanes, map, centre, gain, depth]);
  return at;
}
