import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import digits from '@tripartite/model-vit-digits';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main, tripartite } from './command.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripartite run '));
});
afterAll(() => rm(folder, { recursive: true }));

async function runAsJson<T>(words: readonly string[]): Promise<T> {
  const { code, stdout } = await tripartite(['run', '--json', ...words]);
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

interface Label {
  readonly logits: number[];
  readonly label: string;
  readonly inverted: boolean;
}

it('prints the embedding of a text, and one item for each of several', async () => {
  const alone = await runAsJson<{ embedding: number[] }>(['--text', 'Another.']);
  expect(alone.embedding).toHaveLength(512);
  const norm = Math.sqrt(alone.embedding.reduce((sum, value) => sum + value * value, 0));
  expect(norm).toBeCloseTo(1, 4);
  const words = ['--text', 'One sentence.', '--text', 'Another.'];
  const { items } = await runAsJson<{ items: { embedding: number[] }[] }>(words);
  expect(items).toHaveLength(2);
  expect(items[0]?.embedding).not.toEqual(alone.embedding);
  expect(items[1]?.embedding).toEqual(alone.embedding);
});

it('reads a digit, and the same digit dark on white, which it says it inverted', async () => {
  const sample = fileURLToPath(digits.samples.seven);
  const dark = join(folder, 'dark seven.png');
  await sharp(sample).negate({ alpha: false }).toFile(dark);
  const plain = await runAsJson<Label>(['--image', sample]);
  expect(plain.label).toBe('7');
  expect(plain.inverted).toBe(false);
  expect(plain.logits.indexOf(Math.max(...plain.logits))).toBe(7);
  const { stdout, stderr } = await tripartite(['run', '--json', '--image', dark]);
  expect(JSON.parse(stdout)).toMatchObject({ logits: plain.logits, label: '7', inverted: true });
  expect(stderr).toContain('inverted');
});

it('hides the same patches for the same seed', async () => {
  const words = ['--model', 'photo-mae', '--image', 'sample:cat', '--seed'];
  const one = await runAsJson<{ mask: number[]; psnr: number }>([...words, '1']);
  const two = await runAsJson<{ mask: number[]; psnr: number }>([...words, '2']);
  expect(one.mask.filter((hidden) => hidden === 1)).toHaveLength(one.mask.length / 2);
  expect(await runAsJson([...words, '1'])).toEqual(one);
  expect(two.mask).not.toEqual(one.mask);
});

it('lists the models that ship, as a table and as JSON', async () => {
  const { stdout } = await tripartite(['models', '--json']);
  const { models } = JSON.parse(stdout) as { models: { name: string; licence: string }[] };
  expect(models.map(({ name }) => name)).toEqual(['use-lite', 'vit-digits', 'photo-mae']);
  expect(models[0]?.licence).toBe('Apache-2.0');
  const table = await tripartite(['models']);
  for (const { name } of models) expect(table.stdout).toContain(name);
});

it('ends quietly where the reader of its output goes away', async () => {
  const child = spawn(process.execPath, [main, 'run', '--json', '--text', 'One sentence.']);
  child.stdin.end();
  child.stdout.destroy();
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(Buffer.concat(stderr).toString()).not.toContain('tripartite: ');
  expect(code).toBe(0);
});

it('names its version as its package does', async () => {
  const file = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  expect((await tripartite(['--version'])).stdout).toBe(`${version}\n`);
});
