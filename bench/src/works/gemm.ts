import * as tf from '@tensorflow/tfjs';
import { multiplyMatrices, openKernels } from '@tripartite/kernels';
import { type Contest, type Contestant, type Setting, singleThread } from '../contest.js';
import { normals } from '../inputs.js';
import { gemmGraph } from '../onnx/attention-graphs.js';
import { onnxruntimeNode, onnxruntimeWeb } from '../peers/onnxruntime.js';
import { matrices, startTensorflow, tensorflow } from '../peers/tensorflow.js';

/** Our product of two normal matrices, in the kernels' memory. */
export async function ourGemm(
  m: number,
  n: number,
  k: number,
  setting: Setting,
  name = 'ours',
): Promise<Contestant> {
  const kernels = await openKernels(setting);
  const { arena } = kernels;
  const a = { pointer: arena.store(normals('a', m * k)), row: k, column: 1 };
  const b = { pointer: arena.store(normals('b', k * n)), row: n, column: 1 };
  const c = { pointer: arena.floats(m * n), row: n, column: 1 };
  const run = () => multiplyMatrices(kernels, c, a, b, [m, n, k]);
  return {
    name,
    run,
    result() {
      run();
      return arena.viewFloats(c.pointer, m * n).slice();
    },
    close: () => kernels.close(),
  };
}

/** c (m,n) = a (m,k) b (k,n) against everybody. Sums of k terms: rounding differs by some √k·2⁻²⁴. */
export async function gemm(m: number, n: number, k: number, setting: Setting): Promise<Contest> {
  const { threads } = setting;
  const a = normals('a', m * k);
  const b = normals('b', k * n);
  const feeds = { a: { data: a, shape: [m, k] }, b: { data: b, shape: [k, n] } };
  const graph = gemmGraph(m, n, k);
  const peers = [await onnxruntimeWeb(graph, feeds, threads)];
  if (threads === 1) {
    await startTensorflow();
    peers.push(tensorflowGemm(a, b, m, n, k));
  } else peers.push(await ourGemm(m, n, k, { ...setting, threads: 1 }, singleThread));
  peers.push(...(await onnxruntimeNode(graph, feeds, threads)));
  // A plain loop over 1024³ would take longer than all the others together.
  if (threads === 1 && m * n * k < 1e8) peers.push(plainGemm(a, b, m, n, k));
  return {
    name: 'gemm',
    shape: `${m}×${k}×${n}`,
    threads,
    ours: await ourGemm(m, n, k, setting),
    peers,
    tolerance: 1e-5,
  };
}

function tensorflowGemm(
  a: Float32Array,
  b: Float32Array,
  m: number,
  n: number,
  k: number,
): Contestant {
  const kept = matrices([
    [a, m, k],
    [b, k, n],
  ]) as [tf.Tensor2D, tf.Tensor2D];
  return tensorflow(kept, () => tf.matMul(...kept));
}

/** The loop order that reads and writes rows. */
function plainGemm(a: Float32Array, b: Float32Array, m: number, n: number, k: number): Contestant {
  const c = new Float32Array(m * n);
  const run = () => {
    c.fill(0);
    for (let i = 0; i < m; i++) {
      for (let p = 0; p < k; p++) {
        const factor = a[i * k + p] as number;
        for (let j = 0; j < n; j++) {
          c[i * n + j] = (c[i * n + j] as number) + factor * (b[p * n + j] as number);
        }
      }
    }
  };
  return {
    name: 'plain JavaScript',
    run,
    result() {
      run();
      return c.slice();
    },
  };
}
