import { z } from 'zod';
import type { ModelSource } from '../../checkpoint/model-source.js';
import { readJson } from '../../checkpoint/open-source.js';
import { TripartiteError } from '../../errors.js';
import { mostNeurons } from '../create.js';
import { decodeHidden } from './decode.js';
import { type FittedHidden, type FittedKind, fittedKinds } from './fitted-hidden.js';

/** Where a model's source lists the fitted layers that it brings. */
const indexFile = 'hidden/index.json';

/** One fitted layer that a model brings. */
export interface FittedEntry {
  /** Its file in the model's source. */
  readonly file: string;
  readonly kind: FittedKind;
  /** Hidden neurons of a head, m. */
  readonly neurons: number;
  /** True where queries and keys go through one φ. */
  readonly shared: boolean;
}

/** Which fitted layer is wanted. */
export interface FittedChoice {
  /** Default: `learned` or `fine-tuned`, whichever the model lists first. */
  readonly kind?: FittedKind;
  /** The nearest number of hidden neurons that there is, by ratio, is taken. Default 256. */
  readonly neurons?: number;
  /** Default: whichever the model lists first. */
  readonly shared?: boolean;
}

/** Kinds that stand in where none is named: those that leave the transformer as it is. */
const plainKinds: readonly FittedKind[] = ['learned', 'fine-tuned'];

const schema = z.array(
  z.object({
    // One folder, plain names: an index cannot point out of its model.
    file: z.string().regex(/^hidden\/[\w-][\w.-]*\.safetensors$/),
    kind: z.enum(fittedKinds),
    neurons: z.int().min(1).max(mostNeurons),
    shared: z.boolean(),
  }),
);

/** The fitted layers that a source lists, the preferred first; none where it has no list. Throws `BAD_CHECKPOINT`. */
export async function readEntries(source: ModelSource): Promise<readonly FittedEntry[]> {
  if (!(await source.read(indexFile))) return [];
  const { data, error } = schema.safeParse(await readJson(source, indexFile));
  if (data) return data;
  const [issue] = error.issues;
  throw new TripartiteError(
    'BAD_CHECKPOINT',
    `${source.name}/${indexFile}: ${issue?.path.join('.') || 'it'}: ${issue?.message}`,
  );
}

/** The entries of the kinds that a choice allows, in their order. */
export function fittingEntries(
  entries: readonly FittedEntry[],
  { kind, shared }: FittedChoice,
): FittedEntry[] {
  return entries.filter(
    (entry) =>
      (kind === undefined ? plainKinds.includes(entry.kind) : entry.kind === kind) &&
      (shared === undefined || entry.shared === shared),
  );
}

/**
 * The entry that is nearest by the ratio of neurons; of two equally near the larger, of two as large the one listed
 * first. `undefined` where none is of the kind.
 */
export function chooseEntry(
  entries: readonly FittedEntry[],
  choice: FittedChoice = {},
): FittedEntry | undefined {
  const { neurons: wanted = 256 } = choice;
  const distance = ({ neurons }: FittedEntry) => Math.max(neurons / wanted, wanted / neurons);
  const [nearest] = fittingEntries(entries, choice).sort(
    (a, b) => distance(a) - distance(b) || b.neurons - a.neurons,
  );
  return nearest;
}

/** Reads the file of an entry. Throws `BAD_CHECKPOINT` where there is none or it is another layer. */
export async function readEntry(source: ModelSource, entry: FittedEntry): Promise<FittedHidden> {
  const name = `${source.name}/${entry.file}`;
  const bytes = await source.read(entry.file);
  if (!bytes) {
    throw new TripartiteError('BAD_CHECKPOINT', `${name} is missing; ${indexFile} lists it`);
  }
  const fitted = decodeHidden(bytes, name);
  const { kind, neurons, shared } = fitted;
  const same = kind === entry.kind && neurons === entry.neurons && shared === entry.shared;
  if (same) return fitted;
  throw new TripartiteError(
    'BAD_CHECKPOINT',
    `${name} is ${describe(fitted)}; ${indexFile} says ${describe(entry)}`,
  );
}

/** The error of a choice that a model cannot meet: what it brings, and how to come by more. */
export function lackingError(
  model: string,
  entries: readonly FittedEntry[],
  { kind = 'learned', shared }: FittedChoice,
): TripartiteError {
  const wanted = `${kind} hidden layer${shared ? ' of one φ' : ''}`;
  const brought = entries.length === 0 ? 'none at all' : entries.map(describe).join(', ');
  return new TripartiteError(
    'BAD_INPUT',
    `${model} brings no ${wanted} (it brings ${brought}); fit one: tripartite fit --model ${model} --kind ${kind}${shared ? ' --shared' : ''}, and give its file`,
  );
}

function describe({ kind, neurons, shared }: Omit<FittedEntry, 'file'>): string {
  return `${kind} ${neurons}${shared ? ' of one φ' : ''}`;
}
