import { checkAgreement, measure } from './contest.js';
import type { Entry } from './contests.js';
import { contestRows, type MeasuredRow } from './rows.js';

/** Opens an entry, checks that all agree, measures, and closes; the rows of each contest as they come. */
export async function* entryRows(
  entry: Entry,
  build: string,
  alternations: number,
): AsyncGenerator<MeasuredRow[]> {
  for (const contest of await entry.open()) {
    const contestants = [contest.ours, ...contest.peers];
    await checkAgreement(contest);
    const times = await measure(contestants, contest.threads, alternations);
    yield contestRows(contest, build, times);
    for (const contestant of contestants) await contestant.close?.();
  }
}
