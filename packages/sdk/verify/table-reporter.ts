import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Measurement } from './report.js';

/** Prints every measurement of a run as a table, and writes them as JSON to `file`. */
export function tableReporter(file: URL): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[]) {
      const rows = modules
        .flatMap((module) => [...module.children.allTests()])
        .flatMap((test): Measurement[] => test.meta().measurements ?? []);
      console.table(rows.map((row) => ({ ...row, value: Number(row.value.toPrecision(4)) })));
      writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
    },
  };
}
