import { hiddenKinds } from '@tripartite/sdk';
import { untrack } from 'svelte';
import type { Client } from '../compute/client.js';
import type { Answer, Job, ModelName, Progress, Subject } from '../compute/messages.js';
import { type ShownHead, shownHead } from '../heads/shown-head.js';
import { readAddress, writeAddress } from './address.js';
import type { Mode } from './settings.js';

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

function sameJob(a: Job, b: Job): boolean {
  const sameSubject =
    'text' in a.subject && 'text' in b.subject
      ? a.subject.text === b.subject.text
      : a.subject === b.subject;
  return (
    sameSubject &&
    a.model === b.model &&
    a.hidden.kind === b.hidden.kind &&
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
  kind = $state('matched');
  neurons = $state(256);
  seed = $state(1);
  fast = $state(false);
  subjects = $state.raw<Partial<Record<Mode, Subject>>>({});
  answers = $state.raw<Partial<Record<Mode, Done>>>({});
  errors = $state.raw<Partial<Record<Mode, string>>>({});
  /** The head chosen for a closer look, `layer.head`; one for each mode, as the models differ. */
  headNames = $state.raw<Partial<Record<Mode, string>>>({});
  /** Null while nothing is under way. */
  progress = $state.raw<Progress | null>(null);

  constructor(client: Client) {
    this.#client = client;
    this.readAddress();
  }

  /** The comparison that the settings ask for, once its input is there. */
  get job(): Job | undefined {
    const subject = this.subjects[this.mode];
    if (!subject) return undefined;
    const { mode, kind, neurons, seed, fast } = this;
    return { model: models[mode], subject, hidden: { kind, neurons }, seed, fast };
  }

  get answer(): Done | undefined {
    return this.answers[this.mode];
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
  }

  readAddress(): void {
    const names = hiddenKinds.map(({ name }) => name);
    Object.assign(this, readAddress(location.hash, names));
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
    if (done && sameJob(done.job, job)) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    this.progress = { fraction: null, what: 'Waiting' };
    const timer = setTimeout(() => this.#carryOut(mode, job, signal), done ? patience[mode] : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
      this.progress = null;
    };
  }

  async #carryOut(mode: Mode, job: Job, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.#client.compare(job, {
        signal,
        onProgress: (progress) => {
          this.progress = progress;
        },
      });
      if (!answer) return;
      this.answers = { ...this.answers, [mode]: { ...answer, job } };
      this.errors = { ...this.errors, [mode]: undefined };
    } catch (error) {
      if (signal.aborted) return;
      this.fail(mode, error instanceof Error ? error.message : String(error));
    }
    this.progress = null;
  }
}
