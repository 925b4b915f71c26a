import { performer, truncatedPerformer } from './kinds/exponential.js';
import { hedgehog } from './kinds/hedgehog.js';
import type { HiddenKind } from './kinds/kind.js';
import { elu, linear, relu } from './kinds/linear.js';
import { matched } from './kinds/matched.js';
import { clippedSine, cosine, positiveCosine } from './kinds/trigonometric.js';

/** Every kind of hidden layer, the recommended first. */
export const hiddenKinds: readonly HiddenKind[] = [
  matched,
  performer,
  truncatedPerformer,
  cosine,
  positiveCosine,
  clippedSine,
  linear,
  elu,
  relu,
  hedgehog,
];
