import type { PictureOutput } from '../compare/comparison.js';
import { keepEach } from '../keep.js';
import { type ModelInput, type Preparation, prepareInput } from '../transformer/inputs.js';
import type { Model } from '../transformer/model.js';
import type { RunResult } from '../transformer/results.js';
import { curvePoints } from './chart.js';
import { estimateMean } from './estimate.js';
import { expectedLosses, judgeRows } from './expected.js';
import {
  chooseSetting,
  drawnSettings,
  fittedSettings,
  type StudySetting,
  settingColumns,
  settingId,
  settingLabels,
  settingWords,
} from './settings.js';
import {
  runUnits,
  type StudyOptions,
  type StudyResult,
  type StudyRow,
  type StudyUnit,
} from './study.js';
import { ownResults, twinOutputs } from './twins.js';

const notes = [
  'How much worse does the twin of a painter paint the hidden half of a photograph, when neurons and astrocytes stand in every head?',
  'The loss is the PSNR of the transformer’s painting minus that of the twin’s, against the photograph, over hidden patches. A mask goes with a draw of the hidden weights; fitted layers see the same masks. Means over photographs and masks, with 95 % intervals for other photographs and other masks (Student, two-way random effects).',
];

const tables = [
  {
    name: '',
    title: 'Paintings of the hidden half, every head replaced',
    labels: settingColumns,
    values: [
      { key: 'loss', heading: 'loss (dB)', digits: 2 },
      { key: 'softmax', heading: 'softmax (dB)', digits: 2, dispensable: 1 },
      { key: 'agreement', heading: 'against softmax’s\npainting (dB)', digits: 1, dispensable: 2 },
    ],
  },
];

/** Photographs under one mask, and what the transformer paints. */
interface Masked {
  readonly prepared: readonly Preparation[];
  readonly own: readonly RunResult[];
}

/**
 * Study `painting`: how much PSNR the twin of a painter loses against the transformer, over photographs and masks.
 * Throws as `compare`.
 */
export async function studyPainting(
  model: Model,
  inputs: readonly ModelInput[],
  options: StudyOptions = {},
): Promise<StudyResult> {
  const { quick = false, seeds = quick ? 1 : 5, fitted = [], signal } = options;
  const photographs = inputs.slice(0, quick ? 2 : undefined);
  const watching = signal ? { signal } : {};
  const masks = Array.from({ length: seeds }, (_, i) => ({ seed: i + 1 }));
  const underMask = keepEach(async (mask: { seed: number }): Promise<Masked> => {
    const prepared = photographs.map((each) => prepareInput(model, each, mask));
    return { prepared, own: await ownResults(model, prepared, watching) };
  });
  const neurons = quick ? [64] : [64, 256, 1024];
  const settings = [
    ...drawnSettings('performer', 'orthogonal', neurons, seeds),
    ...drawnSettings('matched', 'orthogonal', neurons, seeds),
    ...(await fittedSettings(model, fitted)),
  ];
  const units = settings.map(
    (setting): StudyUnit => ({
      id: `${settingId(setting)}, ${seeds} masks`,
      what: settingWords(setting),
      cost: 1 + setting.neurons / 256,
      async measure(tell) {
        const outputs: PictureOutput[][] = photographs.map(() => []);
        for (const [index, mask] of masks.entries()) {
          const { prepared, own } = await underMask(mask);
          const chosen = await chooseSetting(model, setting);
          const found = await twinOutputs(model, chosen, prepared, own, {
            ...watching,
            seed: mask.seed,
            tell: (fraction) => tell((index + fraction) / masks.length),
          });
          for (const [i, output] of found.entries()) {
            if (output.type === 'picture') outputs[i]?.push(output);
          }
        }
        return [rowOf(setting, outputs)];
      },
    }),
  );
  const rows = judgeRows(await runUnits(units, options), 'loss', expectedLosses);
  return {
    name: 'painting',
    title: `How much the twin of ${model.name} loses`,
    notes,
    tables,
    rows,
    charts: [
      {
        type: 'curve',
        name: 'painting',
        title: 'Loss of PSNR against hidden neurons',
        caption:
          'Mean over photographs and masks, every head replaced; bars are 95 % intervals. 0 would be as good as softmax.',
        x: 'hidden neurons of each head',
        y: 'PSNR lost against softmax (dB, 0 = none)',
        points: curvePoints(rows, 'loss'),
      },
    ],
  };
}

function rowOf(setting: StudySetting, outputs: readonly (readonly PictureOutput[])[]): StudyRow {
  const over = (take: (output: PictureOutput) => number) =>
    estimateMean(outputs.map((row) => row.map(take)));
  return {
    table: '',
    labels: settingLabels(setting),
    values: {
      loss: over(({ loss }) => loss),
      softmax: over(({ psnr }) => psnr),
      agreement: over(({ agreement }) => agreement),
    },
  };
}
