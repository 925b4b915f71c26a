import { psnr } from '../image/psnr.js';
import { cosine, relativeError } from '../numeric/statistics.js';
import type { Model } from '../transformer/model.js';
import type { RunResult } from '../transformer/results.js';
import type { ComparisonOutput } from './comparison.js';

/** Compares what the transformer and its twin say. Both results are of the same kind. */
export function compareOutputs(model: Model, own: RunResult, twin: RunResult): ComparisonOutput {
  if (own.type === 'embedding' && twin.type === 'embedding') {
    return {
      type: 'embedding',
      cosine: cosine(twin.embedding, own.embedding),
      relativeError: relativeError(twin.embedding, own.embedding),
    };
  }
  if (own.type === 'label' && twin.type === 'label') {
    return {
      type: 'label',
      label: own.label,
      twinLabel: twin.label,
      agreement: own.label === twin.label ? 1 : 0,
      logitError: relativeError(twin.logits, own.logits),
      logitDifference: own.logits.reduce(
        (largest, logit, i) => Math.max(largest, Math.abs((twin.logits[i] as number) - logit)),
        0,
      ),
    };
  }
  if (own.type === 'picture' && twin.type === 'picture') {
    return {
      type: 'picture',
      psnr: own.psnr,
      psnrTwin: twin.psnr,
      agreement: psnr(twin.painting, own.painting, own.mask, model.plan.patches?.patchSize),
      loss: own.psnr - twin.psnr,
    };
  }
  throw new Error(`${model.name}: outputs ${own.type} and ${twin.type} cannot be compared`);
}
