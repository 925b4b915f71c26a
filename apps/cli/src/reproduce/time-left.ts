/** Share of the work below which nothing is said: the guess would jump. */
const leastShare = 0.02;

/** Guesses the time left from the share done: `3 min left`, `20 s left`; empty where it is too early to say. */
export function describeTimeLeft(fraction: number, milliseconds: number): string {
  if (fraction < leastShare || fraction >= 1) return '';
  const seconds = (milliseconds / 1000) * (1 / fraction - 1);
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s left`;
  return `${Math.round(seconds / 60)} min left`;
}
