import { join } from 'node:path';
import { type DetailedComparison, encodeNpz, type NpzEntry } from '@tripartite/sdk';
import { toJson } from './output/json.js';
import { makeFolder, writeWhole } from './write-file.js';

/** Version of what `--save` writes; raised when a reader of the old would misread the new. */
export const savedFormatVersion = 1;

/**
 * Writes, for each comparison, an npz (H, g, responses and attention of each head) and a JSON (the numbers
 * of `--json`) of the same name into a folder.
 * @returns the paths written
 */
export async function saveComparisons(
  folder: string,
  items: readonly {
    readonly name: string;
    readonly comparison: DetailedComparison;
    readonly report: object;
  }[],
): Promise<string[]> {
  await makeFolder(folder);
  const paths: string[] = [];
  const stems = distinctStems(items.map(({ name }) => name));
  for (const [index, { comparison, report }] of items.entries()) {
    const stem = join(folder, stems[index] ?? `item-${index + 1}`);
    await writeWhole(`${stem}.npz`, encodeNpz(collectArrays(comparison)));
    const described = {
      format: 'tripartite-comparison',
      formatVersion: savedFormatVersion,
      ...report,
    };
    await writeWhole(`${stem}.json`, `${toJson(described)}\n`);
    paths.push(`${stem}.npz`, `${stem}.json`);
  }
  return paths;
}

/**
 * The arrays of one comparison, first seed. `format_version` (); for layer L and head J, counted from 0:
 * `layerL_headJ_H` (width, neurons) and `_g` (neurons), both times 2 to the `_exponent` (); `_response`,
 * `_log_response`, `_normaliser`, `_log_normaliser` (tokens); `_attention_softmax`, `_attention_network`
 * (query, key). `output_softmax`, `output_twin`: both embeddings or logits.
 */
export function collectArrays({ details }: DetailedComparison): Record<string, NpzEntry> {
  const arrays: Record<string, NpzEntry> = {
    format_version: { data: Int32Array.of(savedFormatVersion), shape: [] },
  };
  for (const {
    layer,
    head,
    response,
    logResponse,
    normaliser,
    logNormaliser,
    ...rest
  } of details.heads) {
    const place = `layer${layer}_head${head}`;
    const { H, g, neurons, width, exponent } = rest.state;
    const tokens = response.length;
    arrays[`${place}_H`] = { data: H, shape: [width, neurons] };
    arrays[`${place}_g`] = { data: g, shape: [neurons] };
    arrays[`${place}_exponent`] = { data: Int32Array.of(exponent), shape: [] };
    arrays[`${place}_response`] = { data: response, shape: [tokens] };
    arrays[`${place}_log_response`] = { data: logResponse, shape: [tokens] };
    arrays[`${place}_normaliser`] = { data: normaliser, shape: [tokens] };
    arrays[`${place}_log_normaliser`] = { data: logNormaliser, shape: [tokens] };
    arrays[`${place}_attention_softmax`] = {
      data: rest.attention.softmax,
      shape: [tokens, tokens],
    };
    arrays[`${place}_attention_network`] = {
      data: rest.attention.network,
      shape: [tokens, tokens],
    };
  }
  if (details.outputs !== undefined) {
    const { softmax, twin } = details.outputs;
    arrays.output_softmax = { data: softmax, shape: [softmax.length] };
    arrays.output_twin = { data: twin, shape: [twin.length] };
  }
  return arrays;
}

/** Names of devices on Windows, whatever follows a dot after them. */
const reserved = /^(con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?=\.|$)/i;

/** File names without ending that every system takes: plain characters only, each used once. */
export function distinctStems(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const word = name.replace(/\.[a-z]+$/i, '').replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'item';
    // Windows drops the last dot of a folder's name.
    const plain = word.replace(reserved, '$1_').replace(/\.$/, '._');
    let stem = plain;
    for (let copy = 2; used.has(stem.toLowerCase()); copy++) stem = `${plain}-${copy}`;
    used.add(stem.toLowerCase());
    return stem;
  });
}
