import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ModelInput, type Picture, TripartiteError } from '@tripartite/sdk';
import { expandFiles, textExtensions } from './input-files.js';
import { decodePicture, isGrey, pictureExtensions } from './picture-reader.js';
import { readStandardInput, standardInputIsOpen } from './standard-input.js';

/** Where inputs come from, as the command line gives it. */
export interface InputFlags {
  readonly text?: readonly string[];
  readonly textFile?: readonly string[];
  readonly image?: readonly string[];
}

/** One input, checked. */
export interface NamedInput {
  /** A file's name, `text` or `standard input`. */
  readonly name: string;
  /** Gives what a model reads; a large picture is decoded anew each time. */
  read(): Promise<ModelInput>;
  /** SHA-256 of the file's bytes, or of the text as UTF-8; hex. */
  readonly sha256: string;
  /** The text, where it did not come from a file. */
  readonly text?: string;
  /** True for a picture that is all grey and at most 64 pixels a side. */
  readonly digitLike?: boolean;
}

/** All inputs of one call; one kind only. */
export interface InputSet {
  readonly modality: 'text' | 'image';
  readonly items: readonly NamedInput[];
}

/**
 * Gathers what is to be compared or run: options first, then standard input.
 * @throws TripartiteError BAD_INPUT (both kinds, or none), BAD_TEXT, BAD_IMAGE, NOT_FOUND
 */
export async function gatherInputs(flags: InputFlags): Promise<InputSet> {
  const { text, textFile, image } = flags;
  if (image !== undefined && (text ?? textFile) !== undefined) {
    const other = text === undefined ? '--text-file' : '--text';
    throw new TripartiteError(
      'BAD_INPUT',
      `${other} and --image came both; allowed is one of them`,
    );
  }
  if (text !== undefined && textFile !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      '--text and --text-file came both; allowed is one of them',
    );
  }
  if (image !== undefined)
    return { modality: 'image', items: await readPictures('--image', image) };
  if (textFile !== undefined) {
    return { modality: 'text', items: await readTexts('--text-file', textFile) };
  }
  if (text !== undefined) {
    const items = text.map((each, index) =>
      textInput(text.length === 1 ? 'text' : `text ${index + 1}`, '--text', each),
    );
    return { modality: 'text', items };
  }
  return { modality: 'text', items: [await readPipedText()] };
}

/**
 * Reads text files (`-` is standard input), folders of them and samples.
 * @throws TripartiteError BAD_TEXT, NOT_FOUND
 */
export async function readTexts(
  option: string,
  paths: readonly string[],
  extensions: readonly string[] = textExtensions,
): Promise<NamedInput[]> {
  const items: NamedInput[] = [];
  for (const path of paths) {
    if (path === '-') {
      const bytes = await readStandardInput(true);
      items.push(textInput('standard input', option, decodeText(bytes, 'standard input')));
      continue;
    }
    for (const file of await expandFiles(option, [path], extensions)) {
      const { text: _, ...item } = textInput(
        basename(file),
        `file '${file}'`,
        decodeText(await readInput(option, file), file),
      );
      items.push(item);
    }
  }
  return items;
}

/** Bytes of decoded pictures that are kept; beyond that a picture is decoded again at its turn. */
const mostKept = 2 ** 28;

/**
 * Reads picture files, folders of them and samples, and decodes each once, so that a broken one is known
 * before anything is computed.
 * @throws TripartiteError BAD_IMAGE, NOT_FOUND
 */
export async function readPictures(
  option: string,
  paths: readonly string[],
): Promise<NamedInput[]> {
  const files = await expandFiles(option, paths, pictureExtensions);
  const items: NamedInput[] = [];
  let room = mostKept;
  for (const file of files) {
    const bytes = await readInput(option, file);
    const image = await decodePicture(bytes, file);
    const kept = image.data.length <= room ? image : undefined;
    room -= kept?.data.length ?? 0;
    items.push({
      name: basename(file),
      read: async () => ({
        image: kept ?? (await decodePicture(await readInput(option, file), file)),
      }),
      sha256: sha256(bytes),
      digitLike: looksLikeDigit(image),
    });
  }
  return items;
}

/**
 * The model that fits when none is named: text → use-lite; pictures that are all grey and at most 64
 * pixels a side → vit-digits; other pictures → photo-mae.
 */
export function fittingModel({ modality, items }: InputSet): string {
  if (modality === 'text') return 'use-lite';
  return items.every(({ digitLike }) => digitLike) ? 'vit-digits' : 'photo-mae';
}

function looksLikeDigit(picture: Picture): boolean {
  return picture.width <= 64 && picture.height <= 64 && isGrey(picture);
}

async function readPipedText(): Promise<NamedInput> {
  const bytes = standardInputIsOpen() ? await readStandardInput(false) : new Uint8Array();
  if (bytes.length === 0) {
    throw new TripartiteError(
      'BAD_INPUT',
      'input is missing; allowed: --text, --text-file, --image, or text on standard input',
    );
  }
  return textInput('standard input', 'standard input', decodeText(bytes, 'standard input'));
}

function textInput(name: string, subject: string, text: string): NamedInput {
  if (text.trim() === '') {
    throw new TripartiteError(
      'BAD_TEXT',
      `${subject} has no text in it; allowed is text of any length`,
    );
  }
  return { name, read: async () => ({ text }), sha256: sha256(text), text };
}

/**
 * UTF-8, or UTF-16 where a byte-order mark says so (as PowerShell's `>` writes it). The line end that closes a
 * file belongs to the file, not to the text: a model would read it as a token.
 */
function decodeText(bytes: Uint8Array, name: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    throw new TripartiteError(
      'BAD_TEXT',
      `text '${name}' is not UTF-8 (a binary file?); allowed is UTF-8 text`,
      { cause: error },
    );
  }
}

async function readInput(option: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TripartiteError(
      'NOT_FOUND',
      `${option} names '${file}', which cannot be read (${reason}); allowed is a readable file`,
      { cause: error },
    );
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
