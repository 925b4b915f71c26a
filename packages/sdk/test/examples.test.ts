import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runExample(name: string, ...options: string[]): string {
  const path = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  return execFileSync(process.execPath, [path, ...options], { encoding: 'utf8' });
}

describe('examples', { timeout: 60_000 }, () => {
  it('figure-response prints correlations and writes responses beside the normaliser', () => {
    const out = join(folder, 'inner', 'response.csv');
    const printed = runExample('figure-response.mjs', '--neurons', '32,2048', '--out', out);
    const table = [...printed.matchAll(/^(\w+) (\d+) +(-?[\d.]+) +(-?[\d.]+)$/gm)];
    expect(table.map(([, kind, neurons]) => `${kind} ${neurons}`)).toEqual([
      'performer 32',
      'performer 2048',
      'matched 32',
    ]);
    for (const [, , , plain, logs] of table) {
      expect(Math.abs(Number(plain))).toBeLessThanOrEqual(1);
      expect(Math.abs(Number(logs))).toBeLessThanOrEqual(1);
    }
    const [header, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(header).toBe(
      'token,ln normaliser,ln response performer 32,ln response performer 2048,ln response matched 32',
    );
    expect(rows.length).toBe(Number(/(\d+) tokens/.exec(printed)?.[1]));
    const numbers = rows.map((row) =>
      row
        .slice(row.lastIndexOf('"') + 2)
        .split(',')
        .map(Number),
    );
    expect(numbers.flat().every(Number.isFinite)).toBe(true);
    expect(new Set(numbers.map((row) => row.length))).toEqual(new Set([4]));
    // The printed correlation is that of the columns.
    const [exact, last] = [0, 3].map((column) => numbers.map((row) => row[column] as number));
    expect(correlation(last ?? [], exact ?? []).toFixed(3)).toBe(table[2]?.[4]);
  });
});

function correlation(a: number[], b: number[]): number {
  const off = (x: number[]) => x.map((v) => v - x.reduce((s, w) => s + w, 0) / x.length);
  const [x, y] = [off(a), off(b)];
  return x.reduce((s, v, i) => s + v * (y[i] as number), 0) / Math.hypot(...x) / Math.hypot(...y);
}
