import type { FittedEntry } from '@tripartite/sdk';
import { untrack } from 'svelte';
import type { Client } from '../compute/client.js';
import type {
  Answer,
  Beside,
  Job,
  JobEvent,
  ModelName,
  Progress,
  Subject,
} from '../compute/messages.js';
import { type ShownHead, shownHead } from '../heads/shown-head.js';
import { readAddress, writeAddress } from './address.js';
import {
  type HiddenOption,
  hiddenOptions,
  hiddenValues,
  optionOf,
  readWish,
} from './hidden-options.js';
import { type Mode, nearestStop } from './settings.js';

const models: Record<Mode, ModelName> = {
  photo: 'photo-mae',
  text: 'use-lite',
  digit: 'vit-digits',
};
/** Time without a change after which a job begins, milliseconds. */
const patience = { photo: 120, text: 250, digit: 120 } as const;

/** An answer and the job it belongs to. */
export interface Done extends Answer {
  readonly job: Job;
}

/** What stands beside an answer, and the job it belongs to. */
export interface DoneBeside extends Beside {
  readonly job: Job;
}

function sameJob(a: Job, b: Job): boolean {
  const sameSubject =
    'text' in a.subject && 'text' in b.subject
      ? a.subject.text === b.subject.text
      : a.subject === b.subject;
  return (
    sameSubject &&
    a.model === b.model &&
    a.hidden.kind === b.hidden.kind &&
    a.hidden.shared === b.hidden.shared &&
    a.hidden.neurons === b.hidden.neurons &&
    a.seed === b.seed &&
    a.fast === b.fast
  );
}

/** What the page shows and what it waits for. Inputs and answers are kept by mode. */
export class Session {
  readonly #client: Client;
  readonly #head = $derived.by(() =>
    this.answer ? shownHead(this.answer.comparison, this.headNames[this.mode]) : undefined,
  );
  mode = $state<Mode>('photo');
  /** Name of the hidden layer chosen, '' for what the model prefers. */
  kind = $state('');
  neurons = $state(256);
  seed = $state(1);
  fast = $state(false);
  subjects = $state.raw<Partial<Record<Mode, Subject>>>({});
  answers = $state.raw<Partial<Record<Mode, Done>>>({});
  besides = $state.raw<Partial<Record<Mode, DoneBeside>>>({});
  /** The fitted hidden layers that each model brings, once it has said so. */
  fitted = $state.raw<Partial<Record<Mode, readonly FittedEntry[]>>>({});
  errors = $state.raw<Partial<Record<Mode, string>>>({});
  /** The head chosen for a closer look, `layer.head`; one for each mode, as the models differ. */
  headNames = $state.raw<Partial<Record<Mode, string>>>({});
  /** Null while nothing is under way. */
  progress = $state.raw<Progress | null>(null);
  /** The same of what stands beside the answer. */
  besideProgress = $state.raw<Progress | null>(null);

  constructor(client: Client) {
    this.#client = client;
    this.readAddress();
  }

  /** The comparison that the settings ask for, once its input is there. */
  get job(): Job | undefined {
    const subject = this.subjects[this.mode];
    if (!subject) return undefined;
    const { mode, kind, neurons, seed, fast } = this;
    return { model: models[mode], subject, hidden: readWish(kind, neurons), seed, fast };
  }

  /** Hidden layers to choose from. */
  get options(): readonly HiddenOption[] {
    return hiddenOptions(this.fitted[this.mode] ?? []);
  }

  /** The chosen one; of the default, what the answer has. Undefined until the model has said what it brings. */
  get option(): HiddenOption | undefined {
    if (!this.fitted[this.mode]) return this.options.find(({ value }) => value === this.kind);
    const chosen = this.options.find(({ value }) => value === this.kind);
    const { hidden } = this.answer?.comparison ?? {};
    return chosen ?? (hidden && optionOf(this.options, hidden));
  }

  /** Hidden neurons of a head as the chosen layer has them. */
  get chosenNeurons(): number {
    const { stops } = this.option ?? {};
    return stops?.[nearestStop(this.neurons, stops)] ?? this.neurons;
  }

  get answer(): Done | undefined {
    return this.answers[this.mode];
  }

  get beside(): DoneBeside | undefined {
    return this.besides[this.mode];
  }

  get head(): ShownHead | undefined {
    return this.#head;
  }

  get error(): string {
    return this.errors[this.mode] ?? '';
  }

  put(mode: Mode, subject: Subject): void {
    this.subjects = { ...this.subjects, [mode]: subject };
  }

  lookInto(head: string): void {
    this.headNames = { ...this.headNames, [this.mode]: head };
  }

  /** Shows an error beside the input; an answer to another input is taken away. */
  fail(mode: Mode, message: string): void {
    this.errors = { ...this.errors, [mode]: message };
    this.answers = { ...this.answers, [mode]: undefined };
    this.besides = { ...this.besides, [mode]: undefined };
  }

  readAddress(): void {
    Object.assign(this, readAddress(location.hash, hiddenValues));
  }

  writeAddress(): void {
    const hash = writeAddress(this);
    if (hash !== location.hash) {
      history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
    }
  }

  /** To be run as an effect: carries out the job that the state asks for; the cleanup gives it up. */
  follow(): (() => void) | undefined {
    const { job, mode } = this;
    if (!job) return undefined;
    const done = untrack(() => this.answers[mode]);
    const beside = untrack(() => this.besides[mode]);
    const answered = done !== undefined && sameJob(done.job, job);
    if (answered && beside && sameJob(beside.job, job)) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const waiting: Progress = { fraction: null, what: 'Waiting' };
    if (!answered) this.progress = waiting;
    this.besideProgress = waiting;
    const start = () => this.#carryOut(mode, job, answered, signal);
    const timer = setTimeout(start, done ? patience[mode] : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
      this.progress = null;
      this.besideProgress = null;
    };
  }

  #take(mode: Mode, job: Job, event: JobEvent): void {
    if (event.type === 'model') {
      this.fitted = { ...this.fitted, [mode]: event.fitted };
    } else if (event.type === 'progress') {
      if (event.part === 'answer') this.progress = event.progress;
      else this.besideProgress = event.progress;
    } else if (event.type === 'answer') {
      this.answers = { ...this.answers, [mode]: { ...event.answer, job } };
      this.errors = { ...this.errors, [mode]: undefined };
      this.progress = null;
      this.besideProgress = { fraction: null, what: 'Comparing' };
    } else {
      this.besides = { ...this.besides, [mode]: { ...event.beside, job } };
    }
  }

  async #carryOut(mode: Mode, job: Job, answered: boolean, signal: AbortSignal): Promise<void> {
    try {
      const onEvent = (event: JobEvent) => this.#take(mode, job, event);
      await this.#client.carryOut(job, { signal, answered, onEvent });
    } catch (error) {
      if (!signal.aborted) this.fail(mode, error instanceof Error ? error.message : String(error));
    }
    if (signal.aborted) return;
    this.progress = null;
    this.besideProgress = null;
  }
}
