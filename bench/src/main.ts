import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { openEngine } from '@tripartite/sdk';
import { contestEntries } from './contests.js';
import { entryRows } from './entry-rows.js';
import { type Options, readOptions, usage } from './options.js';
import { type MeasuredRow, tableHead, tableLine } from './rows.js';
import { measureSlopes } from './slopes/measure.js';
import { slopesReport } from './slopes/report.js';

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const threads = availableParallelism();
  const { build } = await openEngine({ fast: options.fast });
  const load = loadavg().map((value) => value.toFixed(2));
  console.log(
    `Node ${process.version}, ${build} build, ${cpus()[0]?.model.trim()}, ${threads} threads, load ${load.join(' ')}`,
  );
  if (options.fast && build === 'plain')
    console.log('no relaxed SIMD in this engine: the plain build');
  await (options.slopes ? slopes(options) : compete(options, threads, build));
}

/** Measures how cost grows, prints it and writes it down. */
async function slopes({ alternations, fast, json }: Options): Promise<void> {
  await writeJson(json, {});
  const measured = await measureSlopes(alternations, fast);
  console.log(slopesReport(measured, alternations));
  await writeJson(json, measured);
}

/** Measures ours beside the peers; rows are printed and written down as they come. */
async function compete(
  { alternations, fast, json, only }: Options,
  threads: number,
  build: string,
): Promise<void> {
  console.log(`median of ${alternations} turns, ± half the middle half; ratio = peer/ours\n`);
  console.log(tableHead);
  const rows: MeasuredRow[] = [];
  await writeJson(json, rows);
  for (const entry of contestEntries(threads, fast)) {
    if (!entry.name.includes(only)) continue;
    for await (const measured of entryRows(entry, build, alternations)) {
      for (const row of measured) console.log(tableLine(row));
      rows.push(...measured);
      await writeJson(
        json,
        rows.map(({ row }) => row),
      );
    }
  }
}

/** Called before anything is measured too, so that a folder that is not there shows then, not after minutes. */
async function writeJson(file: string | undefined, value: unknown): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

try {
  await main(process.argv.slice(2));
  // The peers' worker threads would keep the process.
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}\nusage: ${usage}`);
  process.exit(1);
}
