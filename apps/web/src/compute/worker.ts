import {
  compareInDetail,
  compareSideBySide,
  type DetailedComparison,
  type Model,
  type ModelInput,
  TripartiteError,
} from '@tripartite/sdk';
import { type GrantedWish, grantWish, listFitted, withoutFitted } from './hidden-wish.js';
import type { Answer, Beside, Job, JobEvent, Order, Part, Report, Subject } from './messages.js';
import { createModels } from './models.js';
import { fetchPicture, readPicture } from './read-picture.js';

/** The part of a worker's global scope that is used here; the rest of the app is typed for a page. */
interface Scope {
  postMessage(report: Report, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Order>) => void) | null;
}
const scope = self as unknown as Scope;

let current: { id: number; job: Job; part: Part; controller: AbortController } | undefined;

function send(report: Report, transfer: Transferable[] = []): void {
  scope.postMessage(report, transfer);
}

const getModel = createModels((model, progress) => {
  if (current?.job.model !== model) return;
  send({ type: 'progress', id: current.id, part: current.part, progress });
});

async function readSubject(subject: Subject) {
  if ('text' in subject) return subject;
  if ('picture' in subject) return { image: subject.picture };
  const { file, name } = subject;
  return {
    image: await (typeof file === 'string' ? fetchPicture(file, name) : readPicture(file, name)),
  };
}

/** Lets messages that wait come in, so that a job already superseded is never begun. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** What a job is carried out with. */
interface Means {
  readonly model: Model;
  readonly input: ModelInput;
  readonly granted: GrantedWish;
  readonly seed: number;
  readonly signal: AbortSignal;
}

async function answer({ model, input, granted, seed, signal }: Means): Promise<Answer> {
  const { hidden, warning } = granted;
  const start = performance.now();
  const comparison = await compareInDetail(model, input, { hidden, seed, signal });
  const milliseconds = performance.now() - start;
  const { threads, build } = model;
  return {
    comparison,
    milliseconds,
    engine: { threads, build },
    ...(warning === undefined ? {} : { warning }),
  };
}

/** Sets other hidden layers beside an answer; where the fitted ones are out of reach, draws alone. */
async function setBeside(
  { model, input, granted, seed, signal }: Means,
  job: Job,
  known: DetailedComparison | undefined,
): Promise<Beside> {
  const compareWith = async ({ hidden }: GrantedWish, of: Model) =>
    compareSideBySide(of, input, { hidden, seed, signal, known });
  const drawnOnly: Model = { ...model, fittedLayers: async () => [] };
  if (granted.warning !== undefined) return { twins: await compareWith(granted, drawnOnly) };
  try {
    return { twins: await compareWith(granted, model) };
  } catch (error) {
    if (signal.aborted) throw error;
    const { warning } = withoutFitted(job.hidden, error);
    const twins = await compareWith(granted, drawnOnly);
    return { twins, ...(warning === undefined ? {} : { warning }) };
  }
}

/** The large arrays of a comparison, to be handed over instead of copied. */
function buffersOf({ details }: DetailedComparison): ArrayBuffer[] {
  const arrays = details.heads.flatMap(({ state, attention, ...head }) => [
    state.H,
    state.g,
    attention.softmax,
    attention.network,
    head.response,
    head.logResponse,
    head.normaliser,
    head.logNormaliser,
  ]);
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

async function carryOut(
  job: Job,
  answered: boolean,
  signal: AbortSignal,
  tell: (event: JobEvent, transfer?: Transferable[]) => void,
): Promise<void> {
  const [model, input] = await Promise.all([
    getModel(job.model, job.fast),
    readSubject(job.subject),
  ]);
  const listing = await listFitted(model);
  tell({ type: 'model', fitted: listing.entries });
  const granted = await grantWish(model, job.hidden, listing);
  await nextTurn();
  signal.throwIfAborted();
  const means: Means = { model, input, granted, seed: job.seed, signal };
  let known: DetailedComparison | undefined;
  if (!answered) {
    tell({ type: 'progress', part: 'answer', progress: { fraction: null, what: 'Comparing' } });
    const found = await answer(means);
    // What is handed over is gone here: of what is known, the heads are not needed.
    known = { ...found.comparison, details: { ...found.comparison.details, heads: [] } };
    tell({ type: 'answer', answer: found }, buffersOf(found.comparison));
  }
  if (current?.job === job) current.part = 'beside';
  await nextTurn();
  signal.throwIfAborted();
  const beside = await setBeside(means, job, known).catch((error: unknown): Beside => {
    signal.throwIfAborted();
    return { twins: [], warning: describe(error).message };
  });
  tell({ type: 'beside', beside });
}

function describe(error: unknown): { message: string; code?: TripartiteError['code'] } {
  if (error instanceof TripartiteError) return { message: error.message, code: error.code };
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `The comparison stopped unexpectedly: ${reason}` };
}

scope.onmessage = async ({ data: order }) => {
  if (order.type === 'cancel') {
    if (current?.id === order.id) current.controller.abort();
    return;
  }
  const { id, job, answered } = order;
  current?.controller.abort();
  const controller = new AbortController();
  const { signal } = controller;
  current = { id, job, part: answered ? 'beside' : 'answer', controller };
  try {
    await carryOut(job, answered, signal, (event, transfer) => {
      if (!signal.aborted) send({ ...event, id }, transfer);
    });
    if (!signal.aborted) send({ type: 'done', id });
  } catch (error) {
    if (!signal.aborted) send({ type: 'failed', id, ...describe(error) });
  }
};
