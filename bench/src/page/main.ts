import type { Row } from '../rows.js';
import { describeMachine } from './machine.js';
import { runSession } from './session.js';
import { contestBody, failureBody } from './table.js';

const turns = { all: 15, quick: 5 };

const all = find<HTMLButtonElement>('#all');
const quick = find<HTMLButtonElement>('#quick');
const stop = find<HTMLButtonElement>('#stop');
const download = find<HTMLButtonElement>('#download');
const relaxed = find<HTMLInputElement>('#relaxed');
const only = find<HTMLInputElement>('#only');
const progress = find<HTMLProgressElement>('progress');
const status = find('#status');
const table = find<HTMLTableElement>('table');

const machine = await describeMachine();
find('#machine').replaceChildren(...machine.lines.map(listItem));
let rows: Row[] = [];
let session: AbortController | undefined;
showState();

all.onclick = () => start(turns.all);
quick.onclick = () => start(turns.quick);
stop.onclick = () => session?.abort();
download.onclick = () => {
  const link = document.createElement('a');
  const json = new Blob([`${JSON.stringify(rows, null, 2)}\n`], { type: 'application/json' });
  link.href = URL.createObjectURL(json);
  link.download = 'bench.json';
  link.click();
  URL.revokeObjectURL(link.href);
};

async function start(alternations: number): Promise<void> {
  const own = new AbortController();
  session = own;
  rows = [];
  for (const body of [...table.tBodies]) body.remove();
  progress.value = 0;
  const fast = relaxed.checked;
  const build = fast ? 'relaxed' : 'plain';
  const how = `${build} build, median of ${alternations} turns`;
  let failures = 0;
  showState();
  await runSession(
    { threads: machine.threads, fast, build, alternations, only: only.value.trim() },
    {
      begin(name, at, count) {
        progress.max = count;
        progress.value = at;
        status.textContent = `${at + 1} of ${count}: ${name} (${how})`;
      },
      rows(measured) {
        table.append(contestBody(measured));
        rows.push(...measured.map(({ row }) => row));
        showState();
      },
      failure(name, message) {
        failures++;
        table.append(failureBody(name, message));
      },
    },
    own.signal,
  );
  session = undefined;
  if (!own.signal.aborted) progress.value = progress.max;
  const end = own.signal.aborted ? 'Stopped' : failures ? `Ended, ${failures} failed` : 'Done';
  status.textContent = `${end}: ${rows.length} comparisons (${how})`;
  showState();
}

/** What can be pressed now. */
function showState(): void {
  const running = session !== undefined;
  all.disabled = running;
  quick.disabled = running;
  only.disabled = running;
  relaxed.disabled = running || !machine.relaxed;
  stop.disabled = !running;
  download.disabled = rows.length === 0;
}

function listItem(text: string): HTMLLIElement {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`bench.html has no ${selector}`);
  return found;
}
