import { describe, expect, it } from 'vitest';
import { runUnits, type StudyRow, type StudyUnit } from '../../src/study/study.js';

const row = (name: string): StudyRow => ({ table: '', labels: { name }, values: {} });

/** Units that write down when they are measured. */
function makeUnits(log: string[], costs: readonly number[] = [1, 2, 1]): StudyUnit[] {
  return costs.map((cost, i) => ({
    id: `unit ${i}`,
    what: `what ${i}`,
    cost,
    async measure(tell) {
      log.push(`unit ${i}`);
      tell(0.5);
      return [row(`measured ${i}`)];
    },
  }));
}

describe('units of a study', () => {
  it('give their rows in order, and tell the share done by cost', async () => {
    const told: [number, string][] = [];
    const done: string[] = [];
    const rows = await runUnits(makeUnits([]), {
      onProgress: (fraction, what) => told.push([fraction, what]),
      onUnit: (id) => void done.push(id),
    });
    expect(rows.map(({ labels }) => labels.name)).toEqual([
      'measured 0',
      'measured 1',
      'measured 2',
    ]);
    expect(done).toEqual(['unit 0', 'unit 1', 'unit 2']);
    expect(told).toEqual([
      [0, 'what 0'],
      [0.125, 'what 0'],
      [0.25, 'what 1'],
      [0.5, 'what 1'],
      [0.75, 'what 2'],
      [0.875, 'what 2'],
      [1, 'done'],
    ]);
  });

  it('are not measured again where they are known, and do not count', async () => {
    const log: string[] = [];
    const told: number[] = [];
    const rows = await runUnits(makeUnits(log), {
      known: (id) => (id === 'unit 1' ? [row('kept'), row('kept too')] : undefined),
      onProgress: (fraction) => told.push(fraction),
    });
    expect(log).toEqual(['unit 0', 'unit 2']);
    expect(rows.map(({ labels }) => labels.name)).toEqual([
      'measured 0',
      'kept',
      'kept too',
      'measured 2',
    ]);
    expect(told).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('stop at a signal, keeping what was handed over', async () => {
    const controller = new AbortController();
    const done: string[] = [];
    const running = runUnits(makeUnits([]), {
      signal: controller.signal,
      onUnit: (id) => {
        done.push(id);
        controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect(done).toEqual(['unit 0']);
  });
});
