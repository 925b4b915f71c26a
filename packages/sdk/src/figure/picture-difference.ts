import type { Picture } from '../image/picture.js';

/** Mean over the colours of twin − softmax for each pixel, grey levels; pictures of one shape. */
export function pictureDifference(softmax: Picture, twin: Picture): Float32Array {
  const { width, height, channels } = softmax;
  const colours = Math.min(3, channels);
  return Float32Array.from({ length: width * height }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < colours; c++) {
      const at = i * channels + c;
      sum += (twin.data[at] ?? 0) - (softmax.data[at] ?? 0);
    }
    return sum / colours;
  });
}
