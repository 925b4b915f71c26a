import type { DetailedComparison, HeadComparison, HeadDetail } from '@tripartite/sdk';
import { chooseHeads, headName, type ShadingScale, shadingScale } from '@tripartite/sdk/figure';

/** The head that the page looks into. */
export interface ShownHead {
  readonly name: string;
  readonly detail: HeadDetail;
  readonly numbers: HeadComparison;
  /** Common to all heads of the comparison. */
  readonly scale: ShadingScale;
}

/** The head called `wanted`, or else the one in the middle by output error. */
export function shownHead(
  { heads, details }: DetailedComparison,
  wanted: string | undefined,
): ShownHead | undefined {
  const chosen = chooseHeads(heads, details.heads);
  const typical = chosen.find(({ role }) => role === 'median') ?? chosen[0];
  const numbers = heads.find((head) => headName(head) === wanted) ?? typical?.numbers;
  const detail = numbers && details.heads.find((head) => headName(head) === headName(numbers));
  if (!numbers || !detail) return undefined;
  return { name: headName(numbers), detail, numbers, scale: shadingScale(details.heads) };
}
