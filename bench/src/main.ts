import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { openEngine } from '@tripartite/sdk';
import { checkAgreement, measure } from './contest.js';
import { contestEntries } from './contests.js';
import { readOptions, usage } from './options.js';
import { startTensorflow } from './peers/tensorflow.js';
import { contestRows, type MeasuredRow, tableHead, tableLine } from './rows.js';

async function main(args: readonly string[]): Promise<void> {
  const { alternations, fast, json, only } = readOptions(args);
  const threads = availableParallelism();
  const { build } = await openEngine({ fast });
  await startTensorflow();
  const load = loadavg().map((value) => value.toFixed(2));
  console.log(
    `Node ${process.version}, ${build} build, ${cpus()[0]?.model.trim()}, ${threads} threads, load ${load.join(' ')}`,
  );
  if (fast && build === 'plain') console.log('no relaxed SIMD in this engine: the plain build');
  console.log(`median of ${alternations} turns, ± half the middle half; ratio = peer/ours\n`);
  console.log(tableHead);
  const rows: MeasuredRow[] = [];
  // At once, so that a folder that is not there shows now, not after minutes.
  await save();
  for (const entry of contestEntries(threads, fast)) {
    if (!entry.name.includes(only)) continue;
    for (const contest of await entry.open()) {
      await checkAgreement(contest);
      const measured = contestRows(contest, build, await measure(contest, alternations));
      for (const row of measured) console.log(tableLine(row));
      rows.push(...measured);
      await save();
      for (const contestant of [contest.ours, ...contest.peers]) await contestant.close?.();
    }
  }

  async function save(): Promise<void> {
    const written = rows.map(({ row }) => row);
    if (json) await writeFile(json, `${JSON.stringify(written, null, 2)}\n`);
  }
}

try {
  await main(process.argv.slice(2));
  // The peers' worker threads would keep the process.
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}\nusage: ${usage}`);
  process.exit(1);
}
