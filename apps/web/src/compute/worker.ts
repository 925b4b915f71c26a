import {
  compareInDetail,
  type DetailedComparison,
  hiddenKinds,
  TripartiteError,
} from '@tripartite/sdk';
import type { Answer, Job, Order, Report, Subject } from './messages.js';
import { createModels } from './models.js';
import { fetchPicture, readPicture } from './read-picture.js';

/** The part of a worker's global scope that is used here; the rest of the app is typed for a page. */
interface Scope {
  postMessage(report: Report, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Order>) => void) | null;
}
const scope = self as unknown as Scope;

let current: { id: number; job: Job; controller: AbortController } | undefined;

function send(report: Report, transfer: Transferable[] = []): void {
  scope.postMessage(report, transfer);
}

const getModel = createModels((model, progress) => {
  if (current?.job.model === model) send({ type: 'progress', id: current.id, progress });
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

async function carryOut(id: number, job: Job, signal: AbortSignal): Promise<Answer> {
  const [model, input] = await Promise.all([
    getModel(job.model, job.fast),
    readSubject(job.subject),
  ]);
  const { hidden, seed } = job;
  // Loaded ahead, so that the time told is that of computing alone.
  if (hiddenKinds.find(({ name }) => name === hidden.kind)?.needsStatistics) {
    await model.statistics();
  }
  await nextTurn();
  signal.throwIfAborted();
  send({ type: 'progress', id, progress: { fraction: null, what: 'Comparing' } });
  const start = performance.now();
  const comparison = await compareInDetail(model, input, { hidden, seed, signal });
  const milliseconds = performance.now() - start;
  const { threads, build } = model;
  return { comparison, milliseconds, engine: { threads, build } };
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
  const { id, job } = order;
  current?.controller.abort();
  const controller = new AbortController();
  current = { id, job, controller };
  try {
    const answer = await carryOut(id, job, controller.signal);
    if (!controller.signal.aborted) {
      send({ type: 'done', id, answer }, buffersOf(answer.comparison));
    }
  } catch (error) {
    if (!controller.signal.aborted) send({ type: 'failed', id, ...describe(error) });
  }
};
