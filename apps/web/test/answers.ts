import { readFile } from 'node:fs/promises';
import {
  type Build,
  compareInDetail,
  type DetailedComparison,
  loadModel,
  type ModelInput,
  type ModelPackage,
  type ModelSource,
  type Picture,
  type SideBySideTwin,
} from '@tripartite/sdk';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

/** What a comparison says in few words. */
export type Summary = Pick<DetailedComparison, 'model' | 'hidden' | 'seed' | 'output'>;

/** What the page says of the answer that it shows. */
export interface Shown extends Summary {
  readonly engine: { readonly threads: number; readonly build: Build };
  readonly warning?: string;
  /** Hidden layers side by side, once they are there, and what went wrong with them. */
  readonly beside?: readonly Pick<DetailedComparison, 'hidden' | 'output'>[];
  readonly besideWarning?: string;
}

/** What a comparison says, in numbers that JSON keeps to the last bit. */
export interface Facts extends Summary {
  readonly heads: DetailedComparison['heads'];
  readonly vectors: readonly number[][];
  readonly pictures: readonly number[][];
}

type Global = {
  tripartite?: {
    readonly comparison: DetailedComparison;
    readonly engine: { readonly threads: number; readonly build: Build };
    readonly warning?: string;
    readonly beside?: { readonly twins: readonly SideBySideTwin[]; readonly warning?: string };
  };
};

/**
 * Waits until the page shows an answer that fulfils `wanted`; the page hands it out as `tripartite`. (Its policy
 * forbids Playwright's own waiting, which calls eval.)
 */
export async function waitForAnswer(
  page: Page,
  wanted: (answer: Shown) => boolean = () => true,
): Promise<Shown> {
  const end = Date.now() + 25_000;
  while (Date.now() < end) {
    const summary = await page.evaluate((): Shown | null => {
      const { tripartite } = globalThis as Global;
      if (!tripartite) return null;
      const { model, hidden, seed, output } = tripartite.comparison;
      const { engine, warning, beside } = tripartite;
      const twins = beside?.twins.map(({ comparison }) => {
        return { hidden: comparison.hidden, output: comparison.output };
      });
      return {
        ...{ model, hidden, seed, output, engine },
        ...(warning !== undefined && { warning }),
        ...(twins && { beside: twins }),
        ...(beside?.warning !== undefined && { besideWarning: beside.warning }),
      };
    });
    if (summary && wanted(summary)) return summary;
    await page.waitForTimeout(40);
  }
  throw new Error(`no such answer on the page: ${await page.locator('main').textContent()}`);
}

/** All of the answer that the page shows. */
export function factsOfPage(page: Page): Promise<Facts> {
  return page.evaluate((): Facts => {
    const { comparison } = (globalThis as Global).tripartite ?? {};
    if (!comparison) throw new Error('no answer');
    const { model, hidden, seed, output, heads, details } = comparison;
    const { outputs, pictures } = details;
    const kept = [pictures?.original, pictures?.masked, pictures?.softmax, pictures?.twin];
    return {
      model,
      hidden,
      seed,
      output,
      heads,
      vectors: outputs ? [outputs.softmax, outputs.twin].map((values) => Array.from(values)) : [],
      pictures: kept.flatMap((picture) => (picture ? [Array.from(picture.data)] : [])),
    };
  });
}

/** Waits until the page shows hidden layers side by side, with an answer that fulfils `wanted`. */
export function waitForBeside(
  page: Page,
  wanted: (answer: Shown) => boolean = () => true,
): Promise<Shown> {
  return waitForAnswer(page, (answer) => answer.beside !== undefined && wanted(answer));
}

/** The same comparison in Node. */
export async function factsOfNode(
  from: ModelPackage | ModelSource,
  input: ModelInput,
  neurons = 256,
): Promise<Facts> {
  const model = await loadModel(from);
  const comparison = await compareInDetail(model, input, { hidden: { neurons }, seed: 1 });
  const { hidden, output, heads, details } = comparison;
  const { outputs, pictures } = details;
  const kept = [pictures?.original, pictures?.masked, pictures?.softmax, pictures?.twin];
  return {
    model: comparison.model,
    hidden,
    seed: comparison.seed,
    output,
    heads,
    vectors: outputs ? [outputs.softmax, outputs.twin].map((values) => Array.from(values)) : [],
    pictures: kept.flatMap((picture) => (picture ? [Array.from(picture.data)] : [])),
  };
}

/** Decodes a picture file with sharp, as the command line does. */
export async function decodeWithSharp(file: string | Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels === 2) throw new Error('grey with transparency: choose another file');
  return { width, height, channels, data };
}

/** A PNG of noise with every alpha, made from a fixed recurrence. */
export function noisePng(width: number, height: number): Promise<Buffer> {
  let state = 1;
  const data = Uint8Array.from({ length: width * height * 4 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}

/** Text of a file at a URL. */
export function readText(url: URL): Promise<string> {
  return readFile(url, 'utf8');
}
