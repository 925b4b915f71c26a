import * as tf from '@tensorflow/tfjs';
import { hiddenLayer, type WeightedLayer } from '@tripartite/sdk';
import { type Contest, type Setting, singleThread } from '../contest.js';
import { transposed, withOnes } from '../inputs.js';
import { astrocyteGraph, softmaxGraph } from '../onnx/attention-graphs.js';
import { onnxruntimeNode, onnxruntimeWeb } from '../peers/onnxruntime.js';
import { matrices, startTensorflow, tensorflow } from '../peers/tensorflow.js';
import { ourAstrocyte, ourSoftmax, tokensOf } from './own-heads.js';

/** Shares of the largest output: exponentials of sums in another order. */
const tolerance = 1e-4;

/** Softmax attention of one head of width d over N tokens, against everybody. */
export async function softmaxAttention(
  tokens: number,
  d: number,
  setting: Setting,
): Promise<Contest> {
  const { threads } = setting;
  const { q, k, v } = tokensOf(tokens, d);
  const shape = [tokens, d];
  const feeds = {
    q: { data: q, shape },
    k: { data: k, shape },
    v: { data: v, shape },
  };
  const graph = softmaxGraph(tokens, d);
  const peers = [await onnxruntimeWeb(graph, feeds, threads)];
  if (threads === 1) {
    await startTensorflow();
    const kept = matrices([
      [q, tokens, d],
      [k, tokens, d],
      [v, tokens, d],
    ]) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const [queries, keys, values] = kept;
    // Transposed by itself: matMul's own transposition takes a slow path.
    const compute = () =>
      tf.matMul(
        tf.softmax(tf.matMul(tf.mul(queries, 1 / Math.sqrt(d)), tf.transpose(keys))),
        values,
      );
    peers.push(tensorflow(kept, compute));
  } else {
    peers.push(await ourSoftmax(d, tokens, { ...setting, threads: 1 }, singleThread));
  }
  peers.push(...(await onnxruntimeNode(graph, feeds, threads)));
  return {
    name: 'softmax attention',
    shape: `N ${tokens} d ${d}`,
    threads,
    ours: await ourSoftmax(d, tokens, setting),
    peers,
    tolerance,
  };
}

/** Attention of one head of neurons and astrocytes, φ the performer's with m neurons, against everybody. */
export async function astrocyteAttention(
  tokens: number,
  d: number,
  m: number,
  setting: Setting,
): Promise<Contest> {
  const { threads } = setting;
  const hidden = hiddenLayer({ kind: 'performer', neurons: m, width: d }) as WeightedLayer;
  const w = transposed(hidden.key.weights, m, d);
  const { q, k, v } = tokensOf(tokens, d);
  const v1 = withOnes(v, tokens, d);
  const feeds = {
    q: { data: q, shape: [tokens, d] },
    k: { data: k, shape: [tokens, d] },
    v1: { data: v1, shape: [tokens, d + 1] },
    w: { data: w, shape: [d, m] },
  };
  const graph = astrocyteGraph(tokens, d, m);
  const peers = [await onnxruntimeWeb(graph, feeds, threads)];
  if (threads === 1) {
    await startTensorflow();
    const kept = matrices([
      [q, tokens, d],
      [k, tokens, d],
      [v1, tokens, d + 1],
      [w, d, m],
    ]) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    peers.push(tensorflow(kept, () => tensorflowAstrocyte(...kept, d)));
  } else {
    peers.push(await ourAstrocyte(hidden, tokens, { ...setting, threads: 1 }, singleThread));
  }
  peers.push(...(await onnxruntimeNode(graph, feeds, threads)));
  return {
    name: 'astrocyte attention',
    shape: `N ${tokens} d ${d} m ${m}`,
    threads,
    ours: await ourAstrocyte(hidden, tokens, setting),
    peers,
    tolerance,
  };
}

/** What linear cost is worth: our astrocyte head against our softmax head. Not the same numbers. */
export async function ownAttentions(
  tokens: number,
  d: number,
  m: number,
  setting: Setting,
): Promise<Contest> {
  const hidden = hiddenLayer({ kind: 'performer', neurons: m, width: d });
  return {
    name: 'astrocyte attention',
    shape: `N ${tokens} d ${d} m ${m}`,
    threads: 1,
    ours: await ourAstrocyte(hidden, tokens, setting),
    peers: [await ourSoftmax(d, tokens, setting, 'our softmax')],
  };
}

function tensorflowAstrocyte(
  queries: tf.Tensor2D,
  keys: tf.Tensor2D,
  values: tf.Tensor2D,
  weights: tf.Tensor2D,
  d: number,
): tf.Tensor {
  const features = (token: tf.Tensor2D) => {
    const x = tf.mul(token, d ** -0.25);
    const norm = tf.mul(tf.sum(tf.mul(x, x), 1, true), 0.5);
    return tf.exp(tf.sub(tf.matMul(x, weights), norm));
  };
  const synapses = tf.matMul(tf.transpose(features(keys)), values);
  const [output, response] = tf.split(tf.matMul(features(queries), synapses), [d, 1], 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return tf.div(output, response);
}
