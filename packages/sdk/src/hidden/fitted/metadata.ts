import { z } from 'zod';
import { TripartiteError } from '../../errors.js';
import { mostNeurons } from '../create.js';
import type { ActivationName } from '../hidden-layer.js';
import { type FittedHidden, fittedKinds } from './fitted-hidden.js';

/** What names the format in the file's metadata. */
export const fittedFormat = 'tripartite-hidden';

/** Version that is written and read. */
export const fittedVersion = 1;

/** Everything of a fitted layer but its tensors. */
export type FittedFacts = Omit<FittedHidden, 'layers' | 'tensors'> & {
  readonly activation: ActivationName;
  readonly signed: boolean;
};

const text = z.string();
const hash = text.regex(/^[0-9a-f]{64}$/);
const whole = text.regex(/^\d+$/).transform(Number).pipe(z.number().max(Number.MAX_SAFE_INTEGER));
const flag = z.enum(['true', 'false']).transform((word) => word === 'true');
const activation = z.enum([
  'exponential',
  'cosine',
  'positive-cosine',
  'clipped-exponential',
  'clipped-sine',
  'linear',
  'elu',
  'relu',
] satisfies readonly ActivationName[]);

/** JSON text of a record whose values are of `value`. */
const record = <T extends z.ZodType>(value: T) =>
  text
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue('no JSON');
        return z.NEVER;
      }
    })
    .pipe(z.record(text, value));

const schema = z.object({
  kind: z.enum(fittedKinds),
  neurons: whole.pipe(z.number().min(1).max(mostNeurons)),
  shared: flag,
  model: text,
  model_hash: hash,
  data_hash: hash,
  inputs: whole,
  seed: whole,
  settings: record(z.union([text, z.number(), z.boolean()])),
  quality: record(z.number()),
  activation,
  signed: flag,
});

/** The metadata of a file, every value a string as the format wants it. Throws `BAD_INPUT`. */
export function writeMetadata(facts: FittedFacts): Record<string, string> {
  const metadata = {
    format: fittedFormat,
    format_version: String(fittedVersion),
    kind: facts.kind,
    neurons: String(facts.neurons),
    shared: String(facts.shared),
    model: facts.model,
    model_hash: facts.modelHash,
    data_hash: facts.dataHash,
    inputs: String(facts.inputs),
    seed: String(facts.seed),
    settings: sortedJson(facts.settings),
    quality: sortedJson(facts.quality),
    activation: facts.activation,
    signed: String(facts.signed),
  };
  // What is written must be readable: the reader's own checks, on the way out.
  const { success, error } = schema.safeParse(metadata);
  if (success) return metadata;
  throw new TripartiteError('BAD_INPUT', `fitted hidden layer: ${describeIssue(error)}`);
}

/** Reads and checks the metadata. Throws `BAD_CHECKPOINT`, and `UNSUPPORTED` for another version. */
export function readMetadata(
  metadata: Readonly<Record<string, string>>,
  file: string,
): FittedFacts {
  if (metadata.format !== fittedFormat) {
    const came = metadata.format === undefined ? 'no format' : `format "${metadata.format}"`;
    throw new TripartiteError(
      'BAD_CHECKPOINT',
      `${file} has ${came} in its metadata; a fitted hidden layer has "${fittedFormat}"`,
    );
  }
  if (metadata.format_version !== String(fittedVersion)) {
    throw new TripartiteError(
      'UNSUPPORTED',
      `${file} is of version ${metadata.format_version ?? 'none'}; version ${fittedVersion} can be read`,
    );
  }
  const { data, error } = schema.safeParse(metadata);
  if (!data) throw new TripartiteError('BAD_CHECKPOINT', `${file}: ${describeIssue(error)}`);
  const { model_hash: modelHash, data_hash: dataHash, ...rest } = data;
  return { ...rest, modelHash, dataHash };
}

function sortedJson(values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `metadata ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`;
}
