import { isSeed, type Mode, modes, nearestStop, neuronStops } from './settings.js';

/** The part of the page's state that its address carries. */
export interface AddressState {
  readonly mode: Mode;
  /** Name of a hidden layer to choose; '' for the one that the model prefers. */
  readonly kind: string;
  readonly neurons: number;
  readonly seed: number;
  /** Whether relaxed SIMD is wished for. */
  readonly fast: boolean;
}

/** What the page starts with. */
export const defaults: AddressState = {
  mode: 'photo',
  kind: '',
  neurons: 256,
  seed: 1,
  fast: false,
};

/** Reads an address's hash; whatever is missing or not allowed is the default. */
export function readAddress(hash: string, kinds: readonly string[]): AddressState {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const mode = modes.find(({ name }) => name === fields.get('show'))?.name ?? defaults.mode;
  const kind = kinds.find((name) => name === fields.get('hidden')) ?? defaults.kind;
  const neurons = Number(fields.get('neurons') ?? defaults.neurons);
  const seed = Number(fields.get('seed') ?? defaults.seed);
  return {
    mode,
    kind,
    neurons:
      neurons > 0 ? (neuronStops[nearestStop(neurons)] ?? defaults.neurons) : defaults.neurons,
    seed: isSeed(seed) ? seed : defaults.seed,
    fast: fields.get('simd') === 'relaxed',
  };
}

/** The hash for a state; what is the default is left out. */
export function writeAddress({ mode, kind, neurons, seed, fast }: AddressState): string {
  const fields = new URLSearchParams();
  if (mode !== defaults.mode) fields.set('show', mode);
  if (kind !== defaults.kind) fields.set('hidden', kind);
  if (neurons !== defaults.neurons) fields.set('neurons', String(neurons));
  if (seed !== defaults.seed) fields.set('seed', String(seed));
  if (fast !== defaults.fast) fields.set('simd', 'relaxed');
  const text = fields.toString();
  return text === '' ? '' : `#${text}`;
}
