import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import type { Contestant } from '../contest.js';

/** Starts TensorFlow.js on WebAssembly: SIMD, one thread (in Node it has no more). */
export async function startTensorflow(): Promise<void> {
  tf.enableProdMode();
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
