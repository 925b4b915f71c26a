import { readFileBytes, readUrl } from '#source';
import { TripartiteError } from '../../errors.js';
import type { Model } from '../../transformer/model.js';
import { checkBelongs } from './belongs.js';
import { decodeHidden } from './decode.js';
import type { FittedHidden } from './fitted-hidden.js';

/** Where a fitted layer is read from: its bytes, an address, dropped files, or a path (Node only). */
export type HiddenFile = Uint8Array | ArrayBuffer | Blob | URL | string;

/**
 * Reads a fitted hidden layer, and checks that it belongs to `model` where one is given. Throws `NOT_FOUND`,
 * `BAD_INPUT` for what is no file or belongs to another model, what `decodeHidden` throws, and `UNSUPPORTED` for a
 * path in a browser.
 */
export async function loadHidden(from: HiddenFile, model?: Model): Promise<FittedHidden> {
  const { bytes, name } = await readBytes(from);
  const fitted = decodeHidden(bytes, name);
  if (model) await checkBelongs(fitted, model);
  return fitted;
}

async function readBytes(from: HiddenFile): Promise<{ bytes: Uint8Array; name: string }> {
  const unnamed = 'fitted hidden layer';
  if (from instanceof Uint8Array) return { bytes: from, name: unnamed };
  if (from instanceof ArrayBuffer) return { bytes: new Uint8Array(from), name: unnamed };
  if (from instanceof Blob) {
    const name = 'name' in from && typeof from.name === 'string' ? from.name : unnamed;
    return { bytes: new Uint8Array(await from.arrayBuffer()), name };
  }
  if (typeof from !== 'string' && !(from instanceof URL)) {
    throw new TripartiteError(
      'BAD_INPUT',
      `fitted hidden layer is ${String(from)}; bytes, a Blob, a URL or a path is allowed`,
    );
  }
  const bytes = typeof from === 'string' ? await readFileBytes(from) : await readUrl(from);
  const name = String(from).replace(/^.*[\\/]/, '');
  if (bytes) return { bytes, name };
  throw new TripartiteError('NOT_FOUND', `fitted hidden layer "${from}" does not exist`);
}
