import { type Comparison, formatFixed, formatNumber } from '@tripartite/sdk/figure';

/** A number to show large, with its unit and what it means. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

function deviation(spread: Comparison['spread'], key: string, decimals: number): string {
  const value = spread?.[key];
  return value === undefined ? '' : ` ± ${formatFixed(value, decimals)}`;
}

/** The measures of a comparison's output; ± is the standard deviation over seeds. */
export function outputFacts({ output, spread }: Comparison): Fact[] {
  const fixed = (key: string, value: number, decimals: number) =>
    `${formatFixed(value, decimals)}${deviation(spread, key, decimals)}`;
  if (output.type === 'embedding') {
    return [
      { label: 'Cosine', value: fixed('cosine', output.cosine, 3), note: '1 = same direction' },
      {
        label: 'Relative error',
        value: fixed('relativeError', output.relativeError, 3),
        note: '0 = same embedding',
      },
    ];
  }
  if (output.type === 'label') {
    return [
      { label: 'Transformer says', value: output.label, note: 'its largest score' },
      {
        label: 'Twin says',
        value: output.twinLabel,
        note: `agreement ${Math.round(output.agreement * 1000) / 10} %`,
      },
      {
        label: 'Error of the scores',
        value: fixed('logitError', output.logitError, 3),
        note: `0 = same; largest difference ${formatNumber(output.logitDifference, 2)}`,
      },
    ];
  }
  return [
    { label: 'Softmax', value: `${fixed('psnr', output.psnr, 1)} dB`, note: 'PSNR, photograph' },
    {
      label: 'Twin',
      value: `${fixed('psnrTwin', output.psnrTwin, 1)} dB`,
      note: 'PSNR, photograph',
    },
    { label: 'Loss', value: `${fixed('loss', output.loss, 2)} dB`, note: '0 = as good as softmax' },
    {
      label: 'Agreement',
      value: `${fixed('agreement', output.agreement, 1)} dB`,
      note: 'PSNR, twin against softmax',
    },
  ];
}
