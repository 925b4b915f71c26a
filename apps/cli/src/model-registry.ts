import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type LoadOptions,
  loadModel,
  type Model,
  type ModelPackage,
  TripartiteError,
} from '@tripartite/sdk';
import { allowedWords } from './suggestion.js';

/** Models that ship with the command, each a package of its own, loaded only when asked for. */
const packages: Readonly<Record<string, () => Promise<{ readonly default: ModelPackage }>>> = {
  'use-lite': () => import('@tripartite/model-use-lite'),
  'vit-digits': () => import('@tripartite/model-vit-digits'),
  'photo-mae': () => import('@tripartite/model-photo-mae'),
};

/** Names of the models that ship. */
export const shippedNames: readonly string[] = Object.keys(packages);

/** The package of a model that ships; `undefined` for any other name. */
export async function shippedPackage(name: string): Promise<ModelPackage | undefined> {
  const load = Object.hasOwn(packages, name) ? packages[name] : undefined;
  return load === undefined ? undefined : (await load()).default;
}

/** The address of a file in the package of a model that ships. */
export function shippedFile(name: string, file: string): URL {
  return new URL(import.meta.resolve(`@tripartite/model-${name}/${file}`));
}

/** What the package of a model that ships declares as its licence. */
export async function shippedLicence(name: string): Promise<string> {
  const { license } = JSON.parse(await readFile(shippedFile(name, 'package.json'), 'utf8')) as {
    license?: string;
  };
  return license ?? 'not stated';
}

/**
 * Loads a model: by the name of one that ships, or from a folder with config.json, model.safetensors ….
 * @throws TripartiteError NOT_FOUND for an unknown name, what `loadModel` throws for a bad folder
 */
export async function openModel(nameOrFolder: string, options: LoadOptions = {}): Promise<Model> {
  const shipped = await shippedPackage(nameOrFolder);
  if (shipped === undefined) await checkModelFolder(nameOrFolder);
  return loadModel(shipped ?? nameOrFolder, options);
}

/**
 * The file of a sample that ships, from `sample:NAME`; only samples with one of the file endings count.
 * @throws TripartiteError NOT_FOUND, with the near miss
 */
export async function samplePath(argument: string, extensions: readonly string[]): Promise<string> {
  const wanted = argument.slice(samplePrefix.length);
  const names: string[] = [];
  for (const load of Object.values(packages)) {
    const { samples } = (await load()).default;
    for (const [name, url] of Object.entries(samples)) {
      if (!extensions.includes(extname(url.pathname).toLowerCase())) continue;
      if (wanted === name) return fileURLToPath(url);
      names.push(name);
    }
  }
  throw new TripartiteError(
    'NOT_FOUND',
    `sample '${wanted}' is unknown; ${allowedWords(wanted, names)}`,
  );
}

/** Arguments that begin so name a sample that ships instead of a file. */
export const samplePrefix = 'sample:';

async function checkModelFolder(argument: string): Promise<void> {
  const status = await stat(argument).catch(() => undefined);
  if (status?.isDirectory()) return;
  if (status !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      `--model is '${argument}', a file; allowed is a name (${shippedNames.join(', ')}) or a folder with config.json and model.safetensors`,
    );
  }
  const looksLikePath = /[\\/]/.test(argument);
  throw new TripartiteError(
    'NOT_FOUND',
    looksLikePath
      ? `--model is '${argument}', a folder that does not exist; allowed is a folder with config.json and model.safetensors, or one of ${shippedNames.join(', ')}`
      : `--model is '${argument}', neither a model that ships nor a folder; ${allowedWords(argument, shippedNames)}`,
  );
}
