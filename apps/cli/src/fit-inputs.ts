import { extname } from 'node:path';
import {
  cutLong,
  cutParagraphs,
  type Model,
  type ModelInput,
  type Picture,
  pictureViews,
  TripartiteError,
} from '@tripartite/sdk';
import { textExtensions } from './input-files.js';
import { type InputSet, type NamedInput, readPictures, readTexts } from './inputs.js';

/** Where the inputs of a fit come from, as the command line gives it. */
export interface FitFileFlags {
  readonly textFile?: readonly string[];
  readonly image?: readonly string[];
}

/** Ending of files that hold a text a line. */
const lines = '.jsonl';

/** Views of all pictures together that are made unless told otherwise, at most 50 of one. */
const [allViews, mostViews] = [2000, 50];

/**
 * Reads the files that a hidden layer is to be fitted on.
 * @throws TripartiteError BAD_INPUT (both kinds, or none), BAD_TEXT, BAD_IMAGE, NOT_FOUND
 */
export async function gatherFitFiles({ textFile, image }: FitFileFlags): Promise<InputSet> {
  if (textFile !== undefined && image !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      '--text-file and --image came both; allowed is one of them',
    );
  }
  if (image !== undefined) {
    return { modality: 'image', items: await readPictures('--image', image) };
  }
  if (textFile !== undefined) {
    const extensions = [...textExtensions, lines];
    return { modality: 'text', items: await readTexts('--text-file', textFile, extensions) };
  }
  throw new TripartiteError(
    'BAD_INPUT',
    'input is missing; allowed: --text-file or --image, with files or folders to fit on',
  );
}

/** What a model is fitted on, and the number of the paragraph or picture that each input comes from. */
export interface FitInputs {
  readonly inputs: readonly ModelInput[];
  readonly sources: readonly number[];
}

/**
 * What a model is fitted on: the passages of texts, or views of pictures.
 * @throws TripartiteError BAD_TEXT for a line that is no JSON with a text, BAD_IMAGE, OUT_OF_MEMORY
 */
export async function makeFitInputs(
  model: Model,
  { modality, items }: InputSet,
  { views, seed }: { readonly views?: number; readonly seed?: number },
): Promise<FitInputs> {
  if (modality === 'text') {
    const paragraphs = (await Promise.all(items.map((item) => readParagraphs(item)))).flat();
    const windows = paragraphs.map((text) => cutLong(model, text));
    return {
      inputs: windows.flat().map((text) => ({ text })),
      sources: windows.flatMap((own, paragraph) => own.map(() => paragraph)),
    };
  }
  const paints = model.plan.patches?.maskRatio !== undefined;
  const enough = Math.min(mostViews, Math.ceil(allViews / items.length));
  const each = views ?? (paints ? enough : 1);
  const inputs = await pictureViews(model, decodeAll(items), {
    views: each,
    ...(seed === undefined ? {} : { seed }),
  });
  return { inputs, sources: inputs.map((_, number) => Math.floor(number / each)) };
}

async function* decodeAll(items: readonly NamedInput[]): AsyncGenerator<Picture> {
  for (const { read } of items) {
    const input = await read();
    if ('image' in input) yield input.image;
  }
}

async function readParagraphs({ name, read }: NamedInput): Promise<string[]> {
  const input = await read();
  const text = 'text' in input ? input.text : '';
  if (extname(name).toLowerCase() !== lines) return cutParagraphs(text);
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [readLine(line, `text file '${name}', line ${index + 1}`)];
  });
}

function readLine(line: string, subject: string): string {
  const allowed = 'allowed is an object with a string "text"';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new TripartiteError('BAD_TEXT', `${subject}, is no JSON; ${allowed}`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && 'text' in value) {
    if (typeof value.text === 'string') return value.text;
  }
  throw new TripartiteError('BAD_TEXT', `${subject}, has no text; ${allowed}`);
}
