import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KindOfText, ModelInput, Picture } from '@tripartite/sdk';
import { shippedFile, shippedPackage } from '../model-registry.js';
import { decodePicture } from '../picture-reader.js';

/** What a study reads, with the SHA-256 of the files that it came from, hex. */
export interface HeldOut<T> {
  readonly inputs: T;
  readonly sha256: string;
}

/** The held-out paragraphs of use-lite. */
export async function readParagraphs(): Promise<HeldOut<ModelInput[]>> {
  const bytes = await readFile(shippedFile('use-lite', 'held-out/paragraphs.jsonl'));
  const inputs = readLines<{ text: string }>(bytes).map(({ text }) => ({ text }));
  return { inputs, sha256: hash([bytes]) };
}

/** The held-out texts of many kinds, and the paragraphs that are cut to lengths. */
export async function readUnlike(): Promise<
  HeldOut<{ kinds: KindOfText[]; paragraphs: ModelInput[] }>
> {
  const bytes = await readFile(shippedFile('use-lite', 'held-out/kinds.jsonl'));
  const { inputs: paragraphs, sha256 } = await readParagraphs();
  return {
    inputs: { kinds: readLines<KindOfText>(bytes), paragraphs },
    sha256: hash([bytes, Buffer.from(sha256)]),
  };
}

/** The held-out digits of vit-digits, cut out of their sheet. */
export async function readDigits(): Promise<HeldOut<ModelInput[]>> {
  const bytes = await readFile(shippedFile('vit-digits', 'held-out/digits.png'));
  const about = await readFile(shippedFile('vit-digits', 'held-out/digits.json'), 'utf8');
  const { side, columns, labels } = JSON.parse(about) as SheetFacts;
  const sheet = await decodePicture(bytes, 'digits.png');
  const inputs = Array.from({ length: labels.length }, (_, i) => ({
    image: cutOut(sheet, (i % columns) * side, Math.floor(i / columns) * side, side),
  }));
  return { inputs, sha256: hash([bytes]) };
}

/** The samples of photo-mae, at the size that it reads. */
export async function readPhotographs(): Promise<HeldOut<ModelInput[]>> {
  const samples = (await shippedPackage('photo-mae'))?.samples ?? {};
  const files: Buffer[] = [];
  const inputs: ModelInput[] = [];
  for (const [name, url] of Object.entries(samples)) {
    if (name.endsWith('-large')) continue;
    const bytes = await readFile(url);
    files.push(bytes);
    inputs.push({ image: await decodePicture(bytes, name) });
  }
  return { inputs, sha256: hash(files) };
}

/** What is said of a sheet of digits: pixels a side, digits a row, one letter a digit. */
interface SheetFacts {
  readonly side: number;
  readonly columns: number;
  readonly labels: string;
}

function readLines<T>(bytes: Buffer): T[] {
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

function cutOut({ width, channels, data }: Picture, x: number, y: number, side: number): Picture {
  const out = new Uint8Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const from = ((y + row) * width + x) * channels;
    out.set(data.subarray(from, from + side * channels), row * side * channels);
  }
  return { width: side, height: side, channels, data: out };
}

function hash(parts: readonly Uint8Array[]): string {
  const whole = createHash('sha256');
  for (const part of parts) whole.update(part);
  return whole.digest('hex');
}
