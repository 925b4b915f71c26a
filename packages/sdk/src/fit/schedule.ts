/** Steps over which the rate rises to its peak, as a share of all. */
const rise = 0.1;
/** The rate at the end, as a share of the peak. */
const rest = 1e-3;

/**
 * One cycle of the learning rate, relative to its peak: a straight rise, then half a cosine down. Built of a cosine
 * from polynomials, so that it is the same in every engine.
 */
export function rateAt(step: number, steps: number): number {
  const done = step / steps;
  if (done < rise) return (step + 1) / (rise * steps + 1);
  const left = (done - rise) / (1 - rise);
  return rest + (1 - rest) * fallingHalfCosine(left);
}

/** (1 + cos πx)/2 for x in [0, 1], to 2e-9: cos πx = −sin π(x − ½), by its Taylor series. */
function fallingHalfCosine(x: number): number {
  const angle = Math.PI * (x - 0.5);
  const square = angle * angle;
  let series = 0;
  for (let odd = 13; odd > 1; odd -= 2) series = (-square / (odd * (odd - 1))) * (1 + series);
  return (1 - angle * (1 + series)) / 2;
}
