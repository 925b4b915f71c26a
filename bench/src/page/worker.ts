import { contestEntries } from '../contests.js';
import { entryRows } from '../entry-rows.js';
import type { Order, Reply } from './order.js';

/** The part of a worker's global scope that is used here; TypeScript's DOM library has a page's. */
interface Scope {
  postMessage(message: Reply): void;
  onmessage: ((event: MessageEvent<Order>) => void) | null;
}
const scope = self as unknown as Scope;

scope.onmessage = async ({ data }) => {
  try {
    const entry = contestEntries(data.threads, data.fast)[data.entry];
    if (!entry) throw new Error(`there is no entry ${data.entry}`);
    for await (const rows of entryRows(entry, data.build, data.alternations)) {
      scope.postMessage({ rows });
    }
    scope.postMessage({ done: true });
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
