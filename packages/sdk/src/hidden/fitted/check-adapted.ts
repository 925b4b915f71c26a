import { type ErrorCode, TripartiteError } from '../../errors.js';
import type { FittedHidden } from './fitted-hidden.js';

/** Throws unless a fitted layer changes the transformer's tensors exactly where its kind says so. */
export function checkAdapted(
  { kind, tensors }: Pick<FittedHidden, 'kind' | 'tensors'>,
  code: ErrorCode,
  subject: string,
): void {
  const changed = Object.keys(tensors ?? {}).length;
  if ((kind === 'adapted') === changed > 0) return;
  throw new TripartiteError(
    code,
    `${subject} is ${kind} but changes ${changed} tensors of the transformer; adapted changes some, other kinds none`,
  );
}
