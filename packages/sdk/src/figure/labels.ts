import type { HeadDetail, TokenLabels } from '../compare/comparison.js';

/** Longest label of a token on an axis, characters; longer ones end in an ellipsis. */
const longest = 14;

/**
 * Text fit for any page or XML file: control characters and lone surrogates, which XML forbids or a reader
 * cannot see, become `·`.
 */
export function printable(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const bad =
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      (code >= 0xd800 && code < 0xe000) ||
      code === 0xfffe ||
      code === 0xffff;
    out += bad ? '·' : character;
  }
  return out;
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
}

/** Patches of a stack's tokens, −1 for the class token; for text, null. */
export function tokenPatches(
  labels: TokenLabels,
  stack: 'encoder' | 'decoder',
): readonly number[] | null {
  return labels.type === 'patches' ? labels[stack] : null;
}

/** One short label a token: the piece of text, or row and column of the patch, counted from 1. */
export function tokenLabels(labels: TokenLabels, stack: 'encoder' | 'decoder'): string[] {
  if (labels.type === 'text') {
    return labels.pieces.map((piece) =>
      shorten(printable(piece.replaceAll('▁', ' ').trim() || '␣')),
    );
  }
  return labels[stack].map((patch) =>
    patch < 0 ? 'class' : `${Math.floor(patch / labels.grid) + 1},${(patch % labels.grid) + 1}`,
  );
}

/** `layer.head`, as the option `swap` has it. */
export function headName(head: Pick<HeadDetail, 'layer' | 'head'>): string {
  return `${head.layer}.${head.head}`;
}

/** A layer for an axis; the stack is named only where a model has two. */
export function layerName(
  layer: { readonly layer: number; readonly stack: 'encoder' | 'decoder' },
  twoStacks: boolean,
): string {
  return twoStacks ? `${layer.stack} ${layer.layer}` : `layer ${layer.layer}`;
}
