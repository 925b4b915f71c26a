import { type Build, describeBuild } from '@tripartite/sdk';
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

const promises: Readonly<Record<Build, string>> = {
  plain: 'The plain SIMD build gives the same bits on every machine, on any number of threads.',
  relaxed:
    'Relaxed SIMD was asked for (--fast): on another processor the last bits may differ. Without it they are the same on every machine.',
};

/** How to get the same numbers again: command, versions, build, threads, seeds, hashes. */
export function repetition(data: ReportData): Markup {
  const { items, command, versions, build, threads, hashes } = data;
  const seeds = [...new Set(items.flatMap(({ comparison }) => comparison.seeds))];
  const left = hashes.inputs.length - mostHashes;
  return html`<section class="repeat"><h2>How to repeat it</h2>
<pre tabindex="0"><code>${command}</code></pre>
<dl class="facts-list"><dt>Tripartite</dt><dd>${versions.tripartite}</dd><dt>Node</dt><dd>${versions.node}</dd><dt>Kernels</dt><dd>${describeBuild(build)}</dd><dt>Threads</dt><dd>${threads}</dd><dt>${seeds.length > 1 ? 'Seeds' : 'Seed'}</dt><dd>${seeds.join(', ')}</dd></dl>
<p class="caption">${promises[build]} The hashes are SHA-256 of the bytes that went in.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Hashes"><table class="hashes"><thead><tr><th scope="col">What</th><th scope="col">Name</th><th scope="col">SHA-256</th></tr></thead><tbody>
${hashRows('weights', hashes.weights)}${hashRows('input', hashes.inputs)}</tbody></table></div>
${left > 0 && html`<p class="note">${left} more inputs are not listed.</p>`}</section>`;
}
