import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { platform } from '#platform';
import type { Contestant } from '../contest.js';

/** Whether TensorFlow.js can have so many threads; in Node it has one. */
export function tensorflowHas(threads: number): boolean {
  return threads === 1 || platform.tensorflowThreads;
}

/** Workers in the pool of its build for threads; with more it would wait for ever. */
const mostThreads = 8;

let starting: Promise<void> | undefined;

/** Starts TensorFlow.js on WebAssembly with SIMD, once; the number of threads is that of the first call. */
export function startTensorflow(threads: number): Promise<void> {
  starting ??= start(threads);
  return starting;
}

async function start(threads: number): Promise<void> {
  tf.enableProdMode();
  if (platform.tensorflowFiles) setWasmPaths(platform.tensorflowFiles);
  const own = Math.min(threads, mostThreads);
  // Else it takes the build for threads, whose memory is shared, even for one.
  if (own === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  else setThreadsCount(own);
  await tf.setBackend('wasm');
  await tf.ready();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error('TensorFlow.js runs without SIMD here; a comparison needs it');
  }
  if (own > 1 && getThreadsCount() !== own) {
    throw new Error(`TensorFlow.js has ${getThreadsCount()} threads here; ${own} were asked for`);
  }
}

/** Tensors that stay in the backend's memory. */
export function matrices(
  shapes: readonly (readonly [Float32Array, number, number])[],
): tf.Tensor2D[] {
  return shapes.map(([data, rows, columns]) => {
    const tensor = tf.tensor2d(data, [rows, columns]);
    // The first use uploads; here and not in the first measurement.
    tf.mul(tensor, 1).dispose();
    return tensor;
  });
}

/** A contestant that computes one tensor out of tensors it keeps. */
export function tensorflow(kept: readonly tf.Tensor[], compute: () => tf.Tensor): Contestant {
  return {
    name: 'tfjs-wasm',
    run() {
      tf.tidy(compute).dispose();
    },
    result() {
      const out = tf.tidy(compute);
      const data = out.dataSync<'float32'>();
      out.dispose();
      return data;
    },
    close() {
      tf.dispose([...kept]);
    },
  };
}
