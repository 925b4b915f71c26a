/** Codes by which shells know a process that a signal ended. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** What stops a long computation between its steps. */
export interface StopSignals {
  readonly signal: AbortSignal;
  /** Code of the process, once a signal has come. */
  readonly code: number | undefined;
  /** Lets signals end the process again as they do by themselves. */
  release(): void;
}

/** Turns the first Ctrl-C into an AbortSignal; the second ends the process at once. */
export function stopOnSignals(): StopSignals {
  const controller = new AbortController();
  let code: number | undefined;
  const stop = (name: keyof typeof codes): void => {
    if (code !== undefined) process.exit(codes[name]);
    code = codes[name];
    controller.abort();
  };
  const names = Object.keys(codes) as (keyof typeof codes)[];
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    get code() {
      return code;
    },
    release() {
      for (const name of names) process.off(name, stop);
    },
  };
}
