import { verdict } from '@tripartite/sdk';
import { explanation } from './explanation.js';
import { type ItemDetail, itemFrame, itemSection } from './item-section.js';
import { html, type Markup, trusted } from './markup.js';
import { repetition } from './repetition.js';
import type { ReportData, ReportItem } from './report-data.js';
import { reportScript } from './script.js';
import { reportStyle } from './style.js';
import { summaryTable } from './summary-table.js';

/** Bytes for the items: with style, tables and hashes a report stays below 2 MB. */
const budget = 1_700_000;
/** With fewer bytes left nothing is tried: figures in short, and in full, are never smaller. */
const leastRise = 30_000;
const leastFullRise = 100_000;

function size({ markup }: Markup): number {
  return Buffer.byteLength(markup);
}

/** An item as there is room for it: what leads it, and the rest. */
interface Fitted {
  readonly lead: Markup;
  readonly section: Markup;
}

/**
 * Each item in as much detail as the budget allows: all in brief (null where even that does not fit), then as
 * many as there is room for in short, then in full, in order.
 */
function fitItems(items: readonly ReportItem[]): (Fitted | null)[] {
  let left = budget;
  const frames = items.map((item, i) => {
    if (left <= 0) return null;
    const frame = itemFrame(item, i);
    const section = itemSection(frame, 'brief');
    left -= size(section) + size(frame.lead);
    return left < 0 ? null : { frame, section, detail: 'brief' as ItemDetail };
  });
  const raise = (i: number, detail: ItemDetail) => {
    const entry = frames[i];
    if (!entry || entry.detail === detail) return;
    const section = itemSection(entry.frame, detail);
    const more = size(section) - size(entry.section);
    if (more > left) return;
    left -= more;
    frames[i] = { ...entry, section, detail };
  };
  for (let i = 0; i < frames.length && left > leastRise; i++) raise(i, 'short');
  for (let i = 0; i < frames.length && left > leastFullRise; i++) raise(i, 'full');
  return frames.map((entry) => entry && { lead: entry.frame.lead, section: entry.section });
}

function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="tripartite"><title>${title}</title><style>${trusted(reportStyle)}</style></head>
<body><main>${body}</main><script>${trusted(reportScript)}</script></body></html>
`.markup;
}

/** Several items: the first one's lead stands above all, the others' in their sections. */
function several(items: readonly ReportItem[], sections: readonly (Fitted | null)[]): Markup {
  const list = items.flatMap((item, i) => {
    const section = sections[i];
    if (!section) return [];
    return [
      html`<details class="item" id="input-${i + 1}"${i === 0 && trusted(' open')}><summary>${item.name}<small>${verdict([item.comparison])}</small></summary>
${i > 0 && section.lead}${section.section}</details>
`,
    ];
  });
  const missing = sections.filter((section) => section === null).length;
  const first = items[0];
  return html`${sections[0]?.lead}${first?.beside?.length ? html`<p class="caption">Shown for “${first.name}”; each other input has the same in its section.</p>` : null}
${summaryTable(
  items,
  sections.map((section) => section !== null),
)}
<section><h2>Each input</h2>${list}${missing > 0 && html`<p class="note">Details of ${missing} inputs are left out to keep the file below 2 MB; compare them in smaller groups to see them.</p>`}</section>`;
}

/**
 * The report: one HTML page that needs nothing outside itself, below 2 MB whatever came in (with many inputs,
 * later ones are shown in less detail). The same data give the same bytes.
 */
export function renderReport(data: ReportData): string {
  const { items } = data;
  const sections = fitItems(items);
  const first = items[0];
  const only = items.length === 1 && first ? first : null;
  const names = [...new Set(items.map(({ comparison }) => comparison.model))].join(', ');
  const sentence = verdict(items.map(({ comparison }) => comparison));
  const subject = only ? only.name : `${items.length} inputs`;
  return page(
    `${subject} · ${names} and its neuron–astrocyte twin`,
    html`<header><h1>A transformer beside its neuron–astrocyte twin</h1>
<p class="verdict${sentence.length > 240 && ' long'}">${sentence}</p>
<p class="subject">${names}, on ${only ? html`“${subject}”` : subject} · <a href="#how">How to read this</a></p></header>
${only ? html`${sections[0]?.lead}${sections[0]?.section}` : several(items, sections)}
${explanation()}
${repetition(data)}`,
  );
}
