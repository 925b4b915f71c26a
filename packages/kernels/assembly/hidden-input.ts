// What the hidden neurons see of a token: parameters that the SDK lays out in memory.

/**
 * One side (queries or keys) of a hidden layer, as the SDK lays it out in memory: z = W M (d^−¼ x − centre) + b.
 * The logarithm of a token's common factor is constant + gain·x + norm·‖M(x − centre)‖²; shift·‖M(x − centre)‖² is
 * added to z.
 */
export class HiddenInput {
  /** Width d of a token, and number m of neurons. */
  width: i32;
  neurons: i32;
  /** Code of φ, see hidden.ts. */
  activation: i32;
  /** d^−¼. */
  scale: f32;
  constant: f32;
  norm: f32;
  shift: f32;
  /** [W | b] (neurons,depth) in panels of rows; 0: the tokens are activities already. */
  rows: usize;
  /** The same in panels of eight columns. */
  lanes: usize;
  /** M (width,width) in panels of rows; 0: none. */
  map: usize;
  /** (width); 0: none. */
  centre: usize;
  gain: usize;
  /** Columns of the weights: width + 1, or width where there is no bias. */
  depth: i32;
}
