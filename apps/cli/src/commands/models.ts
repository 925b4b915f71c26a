import type { FittedEntry, Model } from '@tripartite/sdk';
import {
  openModel,
  samplePrefix,
  shippedLicence,
  shippedNames,
  shippedPackage,
} from '../model-registry.js';
import { toJson } from '../output/json.js';
import { formatNumber } from '../output/number.js';
import { drawTable } from '../output/table.js';
import { describeTerminal, type Terminal, textWidth, wrap } from '../output/terminal.js';

/** Options of `tripartite models`. */
export interface ModelsFlags {
  readonly json?: boolean;
}

/** What the command says of one model that ships. */
interface Shipped {
  readonly name: string;
  readonly type: string;
  readonly modality: Model['modality'];
  readonly layers: Model['layers'];
  readonly tokenLimit: number;
  readonly imageSize?: number;
  readonly licence: string;
  readonly summary: string;
  readonly samples: readonly string[];
  readonly hidden: readonly FittedFacts[];
}

/** A fitted hidden layer that comes with a model. */
export interface FittedFacts extends FittedEntry {
  /** What was measured when it was fitted, on inputs kept out of the fit. */
  readonly quality: Readonly<Record<string, number>>;
}

/** `tripartite models`: what ships, read from the models themselves. */
export async function listModels(flags: ModelsFlags): Promise<void> {
  const models: Shipped[] = [];
  for (const name of shippedNames) models.push(await describeShipped(name));
  if (flags.json === true) process.stdout.write(`${toJson({ models })}\n`);
  else process.stdout.write(`${formatModels(models, describeTerminal(process.stdout))}\n`);
}

async function describeShipped(name: string): Promise<Shipped> {
  const [model, files, licence] = await Promise.all([
    openModel(name),
    shippedPackage(name),
    shippedLicence(name),
  ]);
  const pixels = model.plan.patches?.imageSize;
  return {
    name,
    type: model.type,
    modality: model.modality,
    layers: model.layers,
    tokenLimit: model.tokenLimit,
    ...(pixels === undefined ? {} : { imageSize: pixels }),
    licence,
    summary: files?.summary ?? '',
    samples: Object.keys(files?.samples ?? {}),
    hidden: await listFitted(model),
  };
}

/** The fitted layers of a model, in its order, with their measured quality. */
export async function listFitted(model: Model): Promise<FittedFacts[]> {
  const entries = await model.fittedLayers();
  return Promise.all(
    entries.map(async (entry) => ({ ...entry, quality: (await model.fitted(entry)).quality })),
  );
}

/** The same in words: `learned, 64 neurons (cosine 0.936)`. */
export function describeFitted(layers: readonly FittedFacts[]): string {
  if (layers.length === 0) return '';
  const words = layers.map(({ kind, neurons, shared, quality }) => {
    const measured = Object.entries(quality).map(
      ([name, value]) => `${name} ${formatNumber(value)}`,
    );
    const numbers = measured.length === 0 ? '' : ` (${measured.join(', ')})`;
    return `${kind}, ${neurons} neurons${shared ? ', one φ' : ''}${numbers}`;
  });
  return ` Fitted hidden layers: ${words.join('; ')}.`;
}

function formatModels(models: readonly Shipped[], terminal: Terminal): string {
  const columns = [
    { header: 'model', align: 'left' },
    { header: 'reads', align: 'left' },
    { header: 'layers × heads', align: 'left' },
    { header: 'limit', align: 'left' },
    { header: 'licence', align: 'left' },
  ] as const;
  const rows = models.map(({ name, modality, layers, tokenLimit, imageSize, licence }) => [
    name,
    modality,
    describeLayers(layers),
    imageSize === undefined ? `${tokenLimit} tokens` : `${imageSize} × ${imageSize} pixels`,
    licence,
  ]);
  const width = textWidth(terminal);
  const notes = models.map(({ name, summary, samples, hidden }) => {
    const named = samples.map((sample) => samplePrefix + sample).join(' ');
    return wrap(`${name}: ${summary}${describeFitted(hidden)} Samples: ${named}`, width);
  });
  return [drawTable(columns, rows, terminal), ...notes].join('\n');
}

/** `5 × 4 + 2 × 3`: encoder, then decoder. */
function describeLayers(layers: Model['layers']): string {
  const runs: { stack: string; heads: number; layers: number }[] = [];
  for (const { stack, heads } of layers) {
    const last = runs.at(-1);
    if (last !== undefined && last.stack === stack && last.heads === heads) last.layers++;
    else runs.push({ stack, heads, layers: 1 });
  }
  return runs.map((each) => `${each.layers} × ${each.heads}`).join(' + ');
}
