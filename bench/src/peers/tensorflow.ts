import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { platform } from '#platform';
import type { Contestant } from '../contest.js';

let starting: Promise<void> | undefined;

/**
 * Starts TensorFlow.js on WebAssembly, once: SIMD, one thread. In Node it has no more, and in browsers version 4.22
 * starts workers but computes on one thread all the same (tensorflow/tfjs#8513).
 */
export function startTensorflow(): Promise<void> {
  starting ??= start();
  return starting;
}

async function start(): Promise<void> {
  tf.enableProdMode();
  if (platform.tensorflowFiles) setWasmPaths(platform.tensorflowFiles);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error('TensorFlow.js runs without SIMD here; a comparison needs it');
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
