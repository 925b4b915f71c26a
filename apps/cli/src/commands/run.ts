import { describeEngine, type Model, type RunResult, run } from '@tripartite/sdk';
import { type EngineFlags, parseEngine } from '../engine-options.js';
import { describeCut, describeInversion } from '../input-notes.js';
import { gatherInputs, type InputFlags, type NamedInput } from '../inputs.js';
import { chooseModel } from '../model-choice.js';
import { parseWhole } from '../options.js';
import { itemsToJson } from '../output/json.js';
import { count, formatNumber } from '../output/number.js';
import { createNotes, type Notes } from '../output/progress.js';
import { drawTable } from '../output/table.js';
import { describeTerminal, type Terminal } from '../output/terminal.js';
import { readVersions } from '../versions.js';

/** Options of `tripartite run` as they come from the command line. */
export interface RunFlags extends InputFlags, EngineFlags {
  readonly model?: string;
  readonly seed?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `tripartite run`: the transformer alone, as it is. */
export async function runModel(flags: RunFlags): Promise<void> {
  const seed = parseWhole('--seed', flags.seed ?? '1', 0, Number.MAX_SAFE_INTEGER);
  const engine = parseEngine(flags);
  const inputs = await gatherInputs(flags);
  const notes = createNotes(flags.quiet === true);
  const model = await chooseModel(flags.model, inputs, engine, notes);
  const results = await runAll(model, inputs.items, seed, notes).finally(() => model.close());
  notes.flush();
  if (flags.json === true) {
    const described = results.map((result, index) => describe(model, inputs.items[index], result));
    process.stdout.write(`${itemsToJson(described)}\n`);
  } else {
    const names = inputs.items.map(({ name }) => name);
    process.stdout.write(
      `${formatResults(model, names, results, describeTerminal(process.stdout))}\n`,
    );
  }
}

async function runAll(
  model: Model,
  items: readonly NamedInput[],
  seed: number,
  notes: Notes,
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const [index, { name, read }] of items.entries()) {
    const result = await run(model, await read(), {
      seed,
      onProgress: (fraction, what) =>
        notes.progress((index + fraction) / items.length, `${name}: ${what}`),
    });
    noteOddities(model, name, result, notes);
    results.push(result);
  }
  return results;
}

/** A result as `--json` prints it; of a painter the logits and the mask, not the pictures. */
function describe(model: Model, input: NamedInput | undefined, result: RunResult): object {
  const frame = {
    model: model.name,
    input: { name: input?.name, sha256: input?.sha256 },
    tokens: result.tokens,
    tokensBeforeCut: result.tokensBeforeCut,
  };
  const source = { build: model.build, versions: readVersions() };
  switch (result.type) {
    case 'embedding':
      return { embedding: result.embedding, ...frame, ...source };
    case 'label': {
      const { logits, label, inverted } = result;
      return { logits, label, ...frame, inverted, ...source };
    }
    case 'picture': {
      const { logits, mask, psnr } = result;
      return { logits, mask, psnr, ...frame, ...source };
    }
  }
}

function formatResults(
  model: Model,
  names: readonly string[],
  results: readonly RunResult[],
  terminal: Terminal,
): string {
  const rows = results.map((result, index) => [
    names[index] ?? '',
    String(result.tokens),
    describeResult(model, result),
  ]);
  const columns = [
    { header: 'input', align: 'left' },
    { header: 'tokens', align: 'right' },
    { header: 'what the transformer says', align: 'left' },
  ] as const;
  return [
    drawTable(columns, rows, terminal),
    `Computed on ${describeEngine(model)}.`,
    'All numbers: --json. Beside its twin: tripartite compare.',
  ].join('\n');
}

function describeResult(model: Model, result: RunResult): string {
  switch (result.type) {
    case 'embedding': {
      const start = Array.from(result.embedding.subarray(0, 4), (value) => formatNumber(value));
      return `${count(result.embedding.length, 'number')}: ${start.join(' ')} …`;
    }
    case 'label': {
      const ranked = Array.from(result.logits, (logit, index) => ({ logit, index }))
        .sort((a, b) => b.logit - a.logit)
        .slice(0, 3)
        .map(({ logit, index }) => `${model.labels?.[index] ?? index} (${formatNumber(logit, 2)})`);
      return `${result.label}; highest logits ${ranked.join(', ')}`;
    }
    case 'picture':
      return `hidden patches painted with ${formatNumber(result.psnr, 2)} dB PSNR`;
  }
}

function noteOddities(model: Model, name: string, result: RunResult, notes: Notes): void {
  if (result.type === 'embedding') {
    const cut = describeCut({ name, ...result }, model);
    if (cut !== undefined) notes.note(cut);
  }
  if (result.type === 'label' && result.inverted) notes.note(describeInversion(name));
}
