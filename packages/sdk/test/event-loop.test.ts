import { afterEach, describe, expect, it, vi } from 'vitest';
import { giveWay, nextTask } from '../src/event-loop.js';

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['setImmediate', () => {}],
  ['messages, where there is no setImmediate', () => vi.stubGlobal('setImmediate', undefined)],
])('the next task, by %s', (_, prepare) => {
  it('comes after timers that were due, and in order', async () => {
    prepare();
    const events: string[] = [];
    const timer = new Promise<void>((resolve) => {
      setTimeout(() => {
        events.push('timer');
        resolve();
      }, 0);
    });
    const until = performance.now() + 5;
    while (performance.now() < until);
    const first = nextTask().then(() => events.push('first'));
    const second = nextTask().then(() => events.push('second'));
    events.push('now');
    await Promise.resolve().then(() => events.push('microtask'));
    await Promise.all([timer, first, second]);
    expect(events.slice(0, 2)).toEqual(['now', 'microtask']);
    expect(events.indexOf('first')).toBeLessThan(events.indexOf('second'));
    // A loop of tasks alone would never let a timer in.
    let turns = 0;
    let due = false;
    setTimeout(() => {
      due = true;
    }, 1);
    while (!due && turns < 1_000_000) {
      await nextTask();
      turns++;
    }
    expect(due).toBe(true);
  });
});

describe('giving way', () => {
  it('takes a turn of the loop once in 4 ms of work, no oftener', async () => {
    await nextTask();
    await giveWay();
    let turns = 0;
    const start = performance.now();
    for (let i = 0; i < 1000; i++) {
      const turn = giveWay();
      if (turn) turns++;
      await turn;
      const until = performance.now() + 0.05;
      while (performance.now() < until);
    }
    const most = (performance.now() - start) / 4;
    expect(turns).toBeGreaterThan(0);
    expect(turns).toBeLessThanOrEqual(most + 1);
  });
});
