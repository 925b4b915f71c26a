import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/compare/calibrate.js';
import { compare, compareInDetail } from '../../src/compare/compare.js';
import type { SideBySideTwin } from '../../src/compare/comparison.js';
import { compareSideBySide, type SideBySideOptions } from '../../src/compare/side-by-side.js';
import { loadModel } from '../../src/transformer/model.js';
import { drawPicture, fitTiny, sourceWith, tinyModel } from '../hidden/fitted/tiny.js';

const input = { image: drawPicture(1) };
const named = (twins: readonly SideBySideTwin[]) =>
  twins.map(({ comparison: { hidden } }) => [hidden.kind, hidden.neurons]);

describe('several hidden layers side by side', async () => {
  const layers = await Promise.all([
    fitTiny('learned', 8, { seed: 2 }),
    fitTiny('learned', 32, { seed: 5 }),
    fitTiny('fine-tuned', 64, { seed: 7 }),
    fitTiny('learned', 32, { shared: true, seed: 3 }),
  ]);
  const model = await loadModel(sourceWith(layers));
  const calibration = await calibrate(model, [{ image: drawPicture(9) }]);
  const kinds = async (options: SideBySideOptions, of = model) =>
    named(await compareSideBySide(of, input, { calibration, ...options }));

  it('give what compare gives of each, all with equally many neurons', async () => {
    const options = { seed: 4, seeds: 2, swap: '0,2.1', calibration };
    const twins = await compareSideBySide(model, input, {
      ...options,
      hidden: { kind: 'learned', neurons: 30, shared: false },
    });
    expect(named(twins)).toEqual([
      ['learned', 32],
      ['matched', 32],
      ['performer', 32],
    ]);
    for (const { comparison, pictures, outputs } of twins) {
      const { kind } = comparison.hidden;
      const hidden = { kind, neurons: 32, ...(kind === 'learned' && { shared: false }) };
      const { details, ...alone } = await compareInDetail(model, input, { ...options, hidden });
      expect(comparison).toEqual(alone);
      expect(pictures).toEqual(details.pictures);
      expect(outputs).toBeUndefined();
    }
    const pictures = twins.map((twin) => JSON.stringify(twin.pictures?.twin?.data));
    expect(new Set(pictures).size).toBe(3);
  });

  it('stand beside the one in question, whatever it is', async () => {
    expect(await kinds({ hidden: { kind: 'matched', neurons: 10 } })).toEqual([
      ['learned', 8],
      ['matched', 8],
      ['performer', 8],
    ]);
    expect(await kinds({ hidden: { kind: 'performer', neurons: 4096 } })).toEqual([
      ['fine-tuned', 64],
      ['matched', 64],
      ['performer', 64],
    ]);
    expect(await kinds({ hidden: { kind: 'cosine', neurons: 8 } })).toEqual([
      ['learned', 8],
      ['matched', 8],
      ['performer', 8],
      ['cosine', 8],
    ]);
    const fitted = await fitTiny('learned', 12, { seed: 11 });
    expect(await kinds({ hidden: { fitted } })).toEqual([
      ['learned', 12],
      ['matched', 12],
      ['performer', 12],
    ]);
    const [shared] = await compareSideBySide(model, input, { hidden: { shared: true } });
    expect(shared?.comparison.hidden).toMatchObject({ kind: 'learned', shared: true });
  });

  it('draw the one in question as it is to be drawn, the others as they are by default', async () => {
    const hidden = { kind: 'performer', neurons: 8, sampling: 'sobol' } as const;
    const twins = await compareSideBySide(model, input, { hidden, calibration });
    const samplings = twins.map(({ comparison }) => comparison.hidden.sampling);
    expect(samplings).toEqual([undefined, 'orthogonal', 'sobol']);
  });

  it('are the draws alone where the model brings no fitted layer', async () => {
    expect(await kinds({ hidden: { neurons: 20 } }, await tinyModel)).toEqual([
      ['matched', 20],
      ['performer', 20],
    ]);
  });

  it('leave matched out where there are no statistics, unless it is in question', async () => {
    const twins = await compareSideBySide(model, input, { hidden: { kind: 'learned' } });
    expect(named(twins)).toEqual([
      ['learned', 32],
      ['performer', 32],
    ]);
    await expect(
      compareSideBySide(model, input, { hidden: { kind: 'matched' } }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('calibration') });
  });

  it('take a comparison that is known as it is, where it is one of them', async () => {
    const hidden = { kind: 'learned', neurons: 32, shared: false };
    const known = await compareInDetail(model, input, { hidden, calibration });
    const plain = await compareSideBySide(model, input, { hidden, calibration });
    const twins = await compareSideBySide(model, input, { hidden, calibration, known });
    expect(twins).toEqual(plain);
    expect(twins[0]?.pictures?.twin).toBe(known.details.pictures?.twin);
    expect(twins[0]?.comparison).not.toHaveProperty('details');
    for (const other of [{ seed: 2 }, { seeds: 2 }, { swap: '0' }]) {
      const options = { hidden, calibration, known, ...other };
      const [first] = await compareSideBySide(model, input, options);
      expect(first?.comparison).toEqual(await compare(model, input, { hidden, ...other }));
      expect(first?.pictures?.twin).not.toBe(known.details.pictures?.twin);
    }
  });

  it('run the transformer once, and tell how far they are', async () => {
    const told: [number, string][] = [];
    await compareSideBySide(model, input, {
      hidden: { kind: 'fine-tuned' },
      calibration,
      onProgress: (fraction, what) => told.push([fraction, what]),
    });
    expect(told.map(([, what]) => what)).toEqual([
      'transformer',
      'fine-tuned: twin, seed 1',
      'matched: twin, seed 1',
      'performer: twin, seed 1',
    ]);
    const fractions = told.map(([fraction]) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(Math.max(...fractions)).toBeLessThan(1);
  });

  it('refuse what compare refuses', async () => {
    const refused = (options: SideBySideOptions) =>
      expect(compareSideBySide(model, input, { calibration, ...options })).rejects;
    await refused({ seed: -1 }).toMatchObject({ code: 'BAD_INPUT' });
    await refused({ seeds: 0 }).toMatchObject({ code: 'BAD_INPUT' });
    await refused({ swap: '9' }).toMatchObject({ code: 'BAD_INPUT' });
    await refused({ hidden: { neurons: 0 } }).toMatchObject({ code: 'BAD_INPUT' });
    await refused({ hidden: { kind: 'performe' } }).toMatchObject({ code: 'BAD_INPUT' });
    await refused({ signal: AbortSignal.abort() }).toMatchObject({ code: 'ABORTED' });
  });
});
