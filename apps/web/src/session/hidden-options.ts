import { type FittedEntry, fittedKinds, type HiddenReport, hiddenKinds } from '@tripartite/sdk';
import type { HiddenWish } from '../compute/messages.js';
import { neuronStops } from './settings.js';

/** A hidden layer that can be chosen. */
export interface HiddenOption {
  /** Names it in the address. */
  readonly value: string;
  readonly label: string;
  /** One line: what it is. */
  readonly summary: string;
  readonly kind: string;
  /** Of fitted layers, whether queries and keys go through one φ. */
  readonly shared?: boolean;
  /** Numbers of hidden neurons that there are, rising. */
  readonly stops: readonly number[];
}

/** What ends the name of a fitted layer with one φ. */
const sharedMark = '-one-phi';

const summaries: Readonly<Record<string, string>> = {
  learned: 'fitted once to this transformer’s own attention, on other inputs than yours',
  'fine-tuned':
    'fitted once to this transformer’s attention and answers, on other inputs than yours',
  adapted: 'fitted together with the transformer’s own weights, which changed a little',
  matched: 'drawn once and kept',
};

function fittedOption(entry: FittedEntry, entries: readonly FittedEntry[]): HiddenOption {
  const { kind, shared } = entry;
  const alike = entries.filter((other) => other.kind === kind && other.shared === shared);
  return {
    value: shared ? kind + sharedMark : kind,
    label: shared ? `${kind}, one φ` : kind,
    summary: `${summaries[kind]}${shared ? '; one φ for queries and keys, as in the paper' : ''}`,
    kind,
    shared,
    stops: [...new Set(alike.map(({ neurons }) => neurons))].sort((a, b) => a - b),
  };
}

/** The hidden layers to choose from, a model's fitted ones first. */
export function hiddenOptions(entries: readonly FittedEntry[]): HiddenOption[] {
  const drawn = hiddenKinds.map(({ name, summary }): HiddenOption => {
    return { value: name, label: name, summary, kind: name, stops: neuronStops };
  });
  const fitted = new Map(
    entries
      .filter(({ kind }) => kind !== 'matched')
      .map((entry) => fittedOption(entry, entries))
      .map((option) => [option.value, option]),
  );
  return [...fitted.values(), ...drawn];
}

/** Every value that an address may have, whatever its model brings. */
export const hiddenValues: readonly string[] = [
  ...hiddenKinds.map(({ name }) => name),
  ...fittedKinds.filter((kind) => kind !== 'matched').flatMap((kind) => [kind, kind + sharedMark]),
];

/** The wish that a value of an address stands for; '' is for what the model prefers. */
export function readWish(value: string, neurons: number): HiddenWish {
  if (value === '') return { neurons };
  if (hiddenKinds.some(({ name }) => name === value)) return { kind: value, neurons };
  const shared = value.endsWith(sharedMark);
  const kind = shared ? value.slice(0, -sharedMark.length) : value;
  return { kind, shared, neurons };
}

/** The option that a hidden layer is an instance of. */
export function optionOf(
  options: readonly HiddenOption[],
  { kind, shared, sha256 }: HiddenReport,
): HiddenOption | undefined {
  return options.find(
    (option) =>
      option.kind === kind &&
      (sha256 === undefined ? option.shared === undefined : option.shared === (shared === true)),
  );
}
