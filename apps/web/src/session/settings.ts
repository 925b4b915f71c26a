/** What is put in. */
export type Mode = 'photo' | 'text' | 'digit';

/** Modes in the order of the page. */
export const modes: readonly { readonly name: Mode; readonly title: string }[] = [
  { name: 'photo', title: 'Photograph' },
  { name: 'text', title: 'Paragraph' },
  { name: 'digit', title: 'Digit' },
];

/** Stops of the neuron slider: 16 … 4 096, two to a doubling. */
export const neuronStops: readonly number[] = [
  16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096,
];

/** Position of the stop nearest to `neurons`, by ratio; of two equally near the larger. */
export function nearestStop(neurons: number, stops: readonly number[] = neuronStops): number {
  const distance = (stop: number) => Math.max(stop / neurons, neurons / stop);
  return stops.reduce(
    (best, stop, i) => (distance(stop) <= distance(stops[best] ?? stop) ? i : best),
    0,
  );
}

/** True for what the SDK takes as a seed. */
export function isSeed(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
