/** The two sides of a head, as tensors are named. */
export const sides = ['query', 'key'] as const;

/** What the names of a head's tensors begin with. */
export function headPrefix(layer: number, head: number): string {
  return `layers.${layer}.heads.${head}.`;
}

/** What the names of a transformer's changed tensors begin with. */
export const adaptedPrefix = 'transformer.';
