import { unzipSync, zipSync } from 'fflate';
import { TripartiteError } from '../errors.js';
import { decodeNpy, encodeNpy, type NpyArray, type NpyData } from './npy.js';

/** An array to be written; the shape defaults to one side. */
export interface NpzEntry {
  readonly data: NpyData;
  readonly shape?: readonly number[];
}

/** Options of `decodeNpz`. */
export interface NpzOptions {
  /** Only these arrays are read; others may be of kinds that cannot be. Default: all. */
  readonly names?: readonly string[];
  /** Largest size of the arrays together, bytes, as the file declares it. Default: 1 GiB. */
  readonly maxBytes?: number;
}

// fflate writes the local date; built from local parts it is 1980-01-01, zip's first day, in every zone.
const FIRST_DAY = new Date(1980, 0, 1);

/**
 * Copies arrays into the bytes of an npz file, compressed, for numpy's `load`. The same arrays in the same
 * order give the same bytes. Throws `BAD_SHAPE` where data and shape do not fit.
 */
export function encodeNpz(arrays: Readonly<Record<string, NpzEntry>>): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [name, { data, shape }] of Object.entries(arrays)) {
    files[`${name}.npy`] = encodeNpy(data, shape);
  }
  return zipSync(files, { mtime: FIRST_DAY });
}

/**
 * Reads the arrays of an npz file, copied; `file` stands for it in errors. Throws `BAD_CHECKPOINT` for a
 * broken file, one that holds other things than arrays, or declares more than `maxBytes`; errors of
 * `decodeNpy` name the array.
 */
export function decodeNpz(
  bytes: Uint8Array,
  file = 'npz file',
  options: NpzOptions = {},
): Record<string, NpyArray> {
  const { names, maxBytes = 2 ** 30 } = options;
  const sizes = new Map<string, number>();
  let total = 0;
  const files = unzip(bytes, file, (name, size) => {
    if (!name.endsWith('.npy') || sizes.has(name)) {
      throw broken(file, `entry "${name}" is ${sizes.has(name) ? 'there twice' : 'no .npy array'}`);
    }
    sizes.set(name, size);
    if (names !== undefined && !names.includes(name.slice(0, -4))) return false;
    total += size;
    if (total > maxBytes) {
      throw broken(file, `arrays declare more than ${maxBytes} bytes, the largest size allowed`);
    }
    return true;
  });
  return Object.fromEntries(
    Object.entries(files).map(([name, data]) => {
      if (data.length !== sizes.get(name)) {
        throw broken(file, `entry "${name}" has another size than the file declares`);
      }
      return [name.slice(0, -4), decodeNpy(data, `${file}: ${name}`)];
    }),
  );
}

function unzip(bytes: Uint8Array, file: string, want: (name: string, size: number) => boolean) {
  try {
    return unzipSync(bytes, { filter: (entry) => want(entry.name, entry.originalSize) });
  } catch (cause) {
    if (cause instanceof TripartiteError) throw cause;
    throw new TripartiteError('BAD_CHECKPOINT', `${file}: not a zip file that can be read`, {
      cause,
    });
  }
}

function broken(file: string, message: string): TripartiteError {
  return new TripartiteError('BAD_CHECKPOINT', `${file}: ${message}`);
}
