import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeEngine, openEngine } from '@tripartite/sdk';
import { compareAll, type Job } from '../compare-all.js';
import { compareBeside } from '../compare-beside.js';
import { describeFallback, type EngineFlags, parseEngine } from '../engine-options.js';
import { gatherInputs, type InputFlags } from '../inputs.js';
import { openModel } from '../model-registry.js';
import { parseSettings } from '../options.js';
import { formatBeside } from '../output/beside-table.js';
import { headLegend } from '../output/comparison-tables.js';
import { formatTables } from '../output/comparison-text.js';
import { createNotes } from '../output/progress.js';
import { describeTerminal, styled, textWidth, wrap } from '../output/terminal.js';
import { quickSweep, type ReportedItem, sweepItems, writeReport } from '../report-files.js';
import { makeFolder } from '../write-file.js';

const introduction =
  'Three transformers, each beside its twin: the same weights and the same input, but every attention head replaced by neurons and astrocytes (Kozachkov, Kastanenka and Krotov, PNAS 2023). Softmax attention weighs each token by exp(q·k) and divides by the sum of the weights. The twin keeps keys and values in Hebbian synapses of a layer of hidden neurons, and one astrocyte per head supplies what to divide by: its calcium response. The more hidden neurons, the nearer the twin; but their weights matter more than their number. The tables say how near it comes, and hold learned weights, where a model brings them, against random ones of equally many neurons.';

/** What is compared when nobody has said what: one input for each model that ships. */
const showcase: readonly {
  readonly title: string;
  readonly model: string;
  readonly flags: InputFlags;
}[] = [
  {
    title: '1. A paragraph about astrocytes, read by a sentence encoder',
    model: 'use-lite',
    flags: { textFile: ['sample:astrocytes'] },
  },
  {
    title: '2. A photograph, half of it hidden, painted by a masked autoencoder',
    model: 'photo-mae',
    flags: { image: ['sample:cat-large'] },
  },
  {
    title: '3. A handwritten digit, read by a vision transformer',
    model: 'vit-digits',
    flags: { image: ['sample:seven'] },
  },
];

/** Options of the first look. */
export interface StartFlags extends EngineFlags {
  /** Where the report goes; default: `reports` at the root of a clone, else in the working folder. */
  readonly reports?: string;
}

/** The first look at the project: three comparisons and their report, then what to try next. */
export async function runStart(flags: StartFlags): Promise<void> {
  const terminal = describeTerminal(process.stdout);
  const width = textWidth(terminal);
  const notes = createNotes(false);
  const options = parseEngine(flags);
  const engine = await openEngine(options);
  const fallback = describeFallback(options.fast, engine.build);
  if (fallback !== undefined) notes.note(fallback);
  const settings = parseSettings({});
  const reported: ReportedItem[] = [];
  print(`\n${wrap(introduction, width)}\n`);
  for (const { title, model: name, flags: inputFlags } of showcase) {
    const inputs = await gatherInputs(inputFlags);
    const model = await openModel(name, { engine });
    const job: Job = { model, inputs: inputs.items, settings, calibration: undefined, notes };
    const compared = await compareAll(job, (comparison) => comparison);
    const items = await compareBeside(job, compared);
    const beside = formatBeside(
      items.map((item) => item.beside),
      terminal,
    );
    print(`${styled(title, 'bold', terminal)}\n${formatTables(items, terminal)}\n${beside}\n`);
    reported.push(...items.map((item) => ({ model, ...item })));
  }
  print(`${wrap(headLegend, width)}\n`);
  print(`Computed on ${describeEngine(engine)}.\n`);
  const folder = flags.reports ?? reportFolder();
  const report = join(folder, 'start.html');
  const swept = await sweepItems(reported, quickSweep, notes);
  notes.flush();
  await makeFolder(folder);
  const command = options.fast ? 'npx tripartite start --fast' : 'npx tripartite start';
  const { build, threads } = engine;
  await writeReport(report, reported, swept, { command, build, threads });
  engine.close();
  print(`The report, to open in a browser: ${report}`);
  print('The page, to try texts, photographs and digits of your own: npm run web');
}

function reportFolder(): string {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const inClone = existsSync(join(root, 'pnpm-workspace.yaml'));
  return join(inClone ? root : process.cwd(), 'reports');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
