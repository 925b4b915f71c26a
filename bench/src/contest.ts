/** Somebody who does a piece of work. */
export interface Contestant {
  readonly name: string;
  /** Does the work once. The result stays where the contestant keeps it. */
  run(): void | Promise<void>;
  /** Does the work once and copies the result out, to be compared. */
  result(): Float32Array | Float64Array | Promise<Float32Array>;
  /** Frees what the contestant holds. */
  close?(): void | Promise<void>;
}

/** A piece of work, done by us and by peers. */
export interface Contest {
  readonly name: string;
  readonly shape: string;
  /** Threads that everybody may use. */
  readonly threads: number;
  readonly ours: Contestant;
  readonly peers: readonly Contestant[];
  /** Largest |ours − peer| allowed, as a share of the largest |peer|; none: there is nothing to compare. */
  readonly tolerance?: number;
}

/** Middle half of the times of one contestant, in ms. */
export interface Times {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** How ours computes. */
export interface Setting {
  readonly threads: number;
  /** The relaxed build, where the engine has relaxed SIMD. */
  readonly fast: boolean;
}

/** Name of our contestant on one thread, as a peer of the same on several. */
export const singleThread = 'ours, 1 thread';

const warmUpMs = 150;
/** A sample repeats the work until it takes this long, so that the clock and one hiccup weigh little. */
const sampleMs = 10;
/** A peer's idle threads spin for a while, and would slow whoever comes next. */
const settleMs = 50;
/** Threads that slept wake on the core of who wakes them; it takes the system some 10 ms to spread them. */
const wakeMs = 40;

/** Throws unless all peers give the same numbers as ours. */
export async function checkAgreement({ name, ours, peers, tolerance }: Contest): Promise<void> {
  if (tolerance === undefined) return;
  const own = await ours.result();
  for (const peer of peers) {
    const other = await peer.result();
    let largest = 0;
    let difference = own.length === other.length ? 0 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < own.length; i++) {
      largest = Math.max(largest, Math.abs(other[i] as number));
      difference = Math.max(difference, Math.abs((own[i] as number) - (other[i] as number)));
    }
    if (!(difference <= tolerance * largest)) {
      throw new Error(
        `${name}: ours and ${peer.name} differ by ${difference} of ${largest}; ${tolerance} of it is allowed`,
      );
    }
  }
}

/** Times of each contestant: warmed up, then in turn, `alternations` times. */
export async function measure(
  contestants: readonly Contestant[],
  threads: number,
  alternations: number,
): Promise<Times[]> {
  const repeats: number[] = [];
  for (const contestant of contestants) {
    const once = await warmUp(contestant);
    repeats.push(Math.max(1, Math.ceil(sampleMs / once)));
  }
  const samples: number[][] = contestants.map(() => []);
  for (let turn = 0; turn < alternations; turn++) {
    for (const [at, contestant] of contestants.entries()) {
      if (threads > 1) await settleAndWake(contestant);
      samples[at]?.push(await time(contestant, repeats[at] as number));
    }
  }
  return samples.map(quartiles);
}

/** Waits for the other contestants' threads to fall asleep, then works untimed until this one's are awake. */
async function settleAndWake(contestant: Contestant): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const end = performance.now() + wakeMs;
  while (performance.now() < end) await time(contestant, 1);
}

/** Runs until the engine has compiled its best; ms of the fastest run. */
async function warmUp(contestant: Contestant): Promise<number> {
  const end = performance.now() + warmUpMs;
  let fastest = Number.POSITIVE_INFINITY;
  for (let runs = 0; runs < 2 || performance.now() < end; runs++) {
    fastest = Math.min(fastest, await time(contestant, 1));
  }
  return fastest;
}

async function time(contestant: Contestant, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) {
    const pending = contestant.run();
    if (pending) await pending;
  }
  return (performance.now() - start) / repeats;
}

function quartiles(samples: readonly number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] as number;
    const above = sorted[Math.ceil(place)] as number;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}
