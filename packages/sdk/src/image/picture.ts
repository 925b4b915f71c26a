/** A decoded picture: 8-bit samples, row by row, channels interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA (not premultiplied). */
  readonly channels: 1 | 3 | 4;
  /** `height × width × channels` values, 0–255. */
  readonly data: Uint8Array | Uint8ClampedArray;
}
