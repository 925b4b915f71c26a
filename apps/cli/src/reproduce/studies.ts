import {
  type Model,
  responseText,
  type StudyOptions,
  type StudyResult,
  studyDigits,
  studyFidelity,
  studyHeads,
  studyNeurons,
  studyPainting,
  studyResponse,
  studyUnlike,
  TripartiteError,
} from '@tripartite/sdk';
import { allowedWords } from '../suggestion.js';
import {
  type HeldOut,
  readDigits,
  readParagraphs,
  readPhotographs,
  readUnlike,
} from './held-out.js';

/** A study that the command runs. */
export interface NamedStudy {
  readonly name: string;
  /** What it asks, for lists. */
  readonly summary: string;
  /** Name of the model that ships. */
  readonly model: string;
  /** Reads what it needs; gives the hash of that, and what runs it. */
  open(): Promise<OpenedStudy>;
}

/** A study with its inputs. */
export interface OpenedStudy {
  readonly sha256: string;
  run(model: Model, options: StudyOptions): Promise<StudyResult>;
}

function opening<T>(
  read: () => Promise<HeldOut<T>>,
  study: (model: Model, inputs: T, options: StudyOptions) => Promise<StudyResult>,
): NamedStudy['open'] {
  return async () => {
    const { inputs, sha256 } = await read();
    return { sha256, run: (model, options) => study(model, inputs, options) };
  };
}

const readResponseText = async () => ({ inputs: { text: responseText }, sha256: '' });

/** Every study, those of one model together. */
export const studies: readonly NamedStudy[] = [
  {
    name: 'fidelity',
    summary: 'how near the twin of use-lite comes with each kind of hidden layer',
    model: 'use-lite',
    open: opening(readParagraphs, studyFidelity),
  },
  {
    name: 'response',
    summary: 'the paper’s figure: response of one astrocyte and softmax’s normaliser',
    model: 'use-lite',
    open: opening(readResponseText, studyResponse),
  },
  {
    name: 'unlike',
    summary: 'use-lite on text unlike the calibration’s, and by length',
    model: 'use-lite',
    open: opening(readUnlike, studyUnlike),
  },
  {
    name: 'heads',
    summary: 'what each head of use-lite costs, replaced alone and spared alone',
    model: 'use-lite',
    open: opening(readParagraphs, studyHeads),
  },
  {
    name: 'neurons',
    summary: 'what single hidden neurons of use-lite respond to',
    model: 'use-lite',
    open: opening(readParagraphs, studyNeurons),
  },
  {
    name: 'digits',
    summary: 'how often the twin of vit-digits gives the transformer’s label',
    model: 'vit-digits',
    open: opening(readDigits, studyDigits),
  },
  {
    name: 'painting',
    summary: 'how much worse the twin of photo-mae paints',
    model: 'photo-mae',
    open: opening(readPhotographs, studyPainting),
  },
  {
    name: 'patches',
    summary: 'what single hidden neurons of photo-mae respond to',
    model: 'photo-mae',
    open: opening(readPhotographs, studyNeurons),
  },
];

/**
 * The studies of these names, in the order of the list; all where there is no name.
 * @throws TripartiteError BAD_INPUT, with the near miss
 */
export function findStudies(names: readonly string[]): readonly NamedStudy[] {
  const known = studies.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TripartiteError(
      'BAD_INPUT',
      `study '${unknown}' is unknown; ${allowedWords(unknown, known)}`,
    );
  }
  return names.length === 0 ? studies : studies.filter(({ name }) => names.includes(name));
}
