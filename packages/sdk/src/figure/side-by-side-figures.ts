import type { SideBySideTwin } from '../compare/comparison.js';
import type { Figure } from './figures.js';
import type { FigureOptions } from './frame.js';
import { paintingsFigure } from './paintings-figure.js';
import { sideBySideFigure } from './side-by-side.js';

const title = 'The same number of neurons, chosen in different ways';

/** What is seen, and how to read it. */
function describe([first]: readonly SideBySideTwin[]): string {
  const type = first?.comparison.output.type;
  if (type === 'picture') {
    return 'The paintings, each with its difference from the transformer’s on a common scale. PSNR over the hidden patches: more is nearer, 6 dB is half the error.';
  }
  if (type === 'embedding') {
    return 'How near each comes to the transformer’s embedding, by the cosine of the two: 1 is the same, 0 nothing in common.';
  }
  return (first?.comparison.seeds.length ?? 1) > 1
    ? 'How many of the draws give the answer of the transformer.'
    : 'How probable each finds the answer of the transformer; the dashed line is where the transformer itself stands.';
}

/** The figure of several hidden layers with equally many neurons, on the same input; none for none. */
export function sideBySideFigures(
  twins: readonly SideBySideTwin[],
  options: FigureOptions = {},
): Figure[] {
  if (twins.length === 0) return [];
  const caption = `Only the weights of the hidden neurons differ. ${describe(twins)}`;
  const drawn = paintingsFigure(twins, options) ?? sideBySideFigure(twins, options);
  return [{ name: 'side-by-side', title, caption, options: drawn }];
}
