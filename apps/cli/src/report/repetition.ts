import { html, type Markup } from './markup.js';
import type { NamedHash, ReportData } from './report-data.js';

const mostHashes = 500;

function hashRows(kind: string, hashes: readonly NamedHash[]): Markup[] {
  return hashes.slice(0, mostHashes).map(
    ({ name, sha256 }) =>
      html`<tr><td>${kind}</td><td class="name">${name}</td><td class="hash">${sha256}</td></tr>
`,
  );
}

/** How to get the same numbers again: command, versions, build, seeds, hashes. */
export function repetition({ items, command, versions, build, hashes }: ReportData): Markup {
  const seeds = [...new Set(items.flatMap(({ comparison }) => comparison.seeds))];
  const left = hashes.inputs.length - mostHashes;
  return html`<section class="repeat"><h2>How to repeat it</h2>
<pre tabindex="0"><code>${command}</code></pre>
<dl class="facts-list"><dt>Tripartite</dt><dd>${versions.tripartite}</dd><dt>Node</dt><dd>${versions.node}</dd><dt>Kernels</dt><dd>${build}</dd><dt>${seeds.length > 1 ? 'Seeds' : 'Seed'}</dt><dd>${seeds.join(', ')}</dd></dl>
<p class="caption">The plain SIMD build gives the same bits on every machine. The hashes are SHA-256 of the bytes that went in.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Hashes"><table class="hashes"><thead><tr><th scope="col">What</th><th scope="col">Name</th><th scope="col">SHA-256</th></tr></thead><tbody>
${hashRows('weights', hashes.weights)}${hashRows('input', hashes.inputs)}</tbody></table></div>
${left > 0 && html`<p class="note">${left} more inputs are not listed.</p>`}</section>`;
}
