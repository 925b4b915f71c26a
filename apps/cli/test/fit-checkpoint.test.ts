import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TripartiteError } from '@tripartite/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointFile } from '../src/fit-checkpoint.js';
import { createNotes } from '../src/output/progress.js';
import { stopOnSignals } from '../src/stop-signals.js';
import { removeHalfWritten, tryRoom } from '../src/write-file.js';

let folder = '';
let said = '';
const stream = {
  isTTY: false,
  columns: 80,
  write(text: string | Uint8Array) {
    said += text;
    return true;
  },
};
const open = (name = 'a.safetensors') =>
  checkpointFile(join(folder, name), createNotes(false, stream));

beforeEach(async () => {
  said = '';
  folder = await mkdtemp(join(tmpdir(), 'tripartite checkpoint '));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the checkpoint of a fit', () => {
  it('is a file beside the output, whole, then read by the next', async () => {
    const first = open();
    expect(await first.load()).toBeUndefined();
    expect(first.exists).toBe(false);
    await first.save(Uint8Array.of(1, 2, 3));
    await first.save(Uint8Array.of(4, 5));
    expect(first.exists).toBe(true);
    expect(await readdir(folder)).toEqual(['a.safetensors.checkpoint']);
    const next = open();
    expect(Uint8Array.from((await next.load()) ?? [])).toEqual(Uint8Array.of(4, 5));
    expect(next.exists).toBe(true);
    await next.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes half of the time between two at most for itself: larger ones come less often', async () => {
    const file = open();
    const pauses = [file.pause];
    for (const bytes of [1000, 1e6, 1e8]) {
      await file.save(new Uint8Array(bytes));
      pauses.push(file.pause);
    }
    expect(pauses).toEqual([500, 500, 4000, 60_000]);
  });

  it('that cannot be written is said once, and does not end the fit', async () => {
    const file = open('b');
    await mkdir(join(folder, 'b.checkpoint', 'taken'), { recursive: true });
    await file.save(Uint8Array.of(1));
    await file.save(Uint8Array.of(1));
    expect(said).toMatch(
      /^file '.*b\.checkpoint' could not be written: .*; the fit goes on without\n$/,
    );
    expect(file.exists).toBe(false);
    expect(await readdir(folder)).toEqual(['b.checkpoint']);
  });

  it('that cannot be read ends it', async () => {
    await mkdir(join(folder, 'c.checkpoint'));
    await expect(open('c').load()).rejects.toThrow();
  });

  it('is named in the error where it belongs to another fit, and in no other error', async () => {
    const refusal = new TripartiteError('BAD_INPUT', 'checkpoint belongs to another; remove it');
    const file = open();
    expect(file.explain(refusal, 0)).toBe(refusal);
    await file.save(Uint8Array.of(1));
    await file.load();
    expect(file.explain(refusal, 0)).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(
        /a\.safetensors\.checkpoint': checkpoint belongs .*rename it.*--out/,
      ),
    });
    expect(file.explain(refusal, 3)).toBe(refusal);
    for (const error of [new TripartiteError('DIVERGED', 'no number'), new Error('odd')]) {
      expect(file.explain(error, 0)).toBe(error);
    }
  });
});

it('takes away what a killed process left half written of a file, and nothing else', async () => {
  const id = '01234567-89ab-cdef-0123-456789abcdef';
  const kept = ['a.safetensors', '.a.tmp', `.a.safetensors.${id}`, `.b.safetensors.${id}.tmp`];
  for (const name of [...kept, `.a.safetensors.${id}.tmp`]) await writeFile(join(folder, name), '');
  await removeHalfWritten(join(folder, 'a.safetensors'));
  expect((await readdir(folder)).sort()).toEqual(kept.sort());
});

it('tries whether there is room without touching what is there', async () => {
  const path = join(folder, 'a.safetensors');
  await writeFile(path, 'as it was');
  await tryRoom(path, 3_000_000);
  expect(await readFile(path, 'utf8')).toBe('as it was');
  expect(await readdir(folder)).toEqual(['a.safetensors']);
  await expect(tryRoom(join(folder, 'no', 'b'), 10)).rejects.toThrow(
    /no.b' could not be written: its folder does not take files/,
  );
});

it('stops at the first signal, and lets signals be after that', () => {
  const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  const before = listeners();
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const stop = stopOnSignals();
    expect([stop.signal.aborted, stop.code]).toEqual([false, undefined]);
    process.emit(name, name);
    expect([stop.signal.aborted, stop.code]).toEqual([true, code]);
    stop.release();
    expect(listeners()).toBe(before);
  }
});
