import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFileTarget, checkFolderTarget, writeWhole } from '../src/write-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite write '));
});
afterEach(() => rm(folder, { recursive: true }));

it('replaces a file whole and leaves nothing else behind', async () => {
  const path = join(folder, 'a report.html');
  await writeWhole(path, 'old');
  await writeWhole(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['a report.html']);
});

it('removes its temporary file where the name is taken by a folder', async () => {
  await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
  await expect(writeWhole(join(folder, 'taken'), 'text')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['taken']);
});

it('listens to signals while it writes and at no other time', async () => {
  const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  const before = listeners();
  const writing = [writeWhole(join(folder, 'a'), 'a'), writeWhole(join(folder, 'b'), 'b')];
  expect(listeners()).toBe(before + 2);
  await Promise.all(writing);
  await expect(writeWhole(join(folder, 'no', 'c'), 'c')).rejects.toThrow();
  expect(listeners()).toBe(before);
});

it('accepts a file in a folder that exists and refuses any other place', async () => {
  await expect(checkFileTarget('--report', join(folder, 'a.html'))).resolves.toBe(
    join(folder, 'a.html'),
  );
  await expect(checkFileTarget('--report', join(folder, 'no', 'a.html'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(checkFileTarget('--report', folder)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(checkFileTarget('--report', '')).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

it('accepts a folder that exists or whose parent does, and makes neither', async () => {
  await checkFolderTarget('--save', folder);
  await checkFolderTarget('--save', join(folder, 'new'));
  expect(await readdir(folder)).toEqual([]);
  await expect(checkFolderTarget('--save', join(folder, 'no', 'new'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await writeFile(join(folder, 'file'), '');
  await expect(checkFolderTarget('--save', join(folder, 'file'))).rejects.toMatchObject({
    code: 'BAD_INPUT',
  });
});
