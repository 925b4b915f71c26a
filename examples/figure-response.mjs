// The demonstration of Kozachkov, Kastanenka and Krotov (PNAS 2023): the calcium response of one astrocyte,
// token by token, beside the normaliser of softmax attention that it stands for. Head 1.3 has the shortest
// queries and keys of this transformer, so that random neurons come nearest; try --head 0.0. With several draws and
// intervals: tripartite reproduce response.
//
//   node examples/figure-response.mjs [--neurons 1000,100000] [--head 1.3] [--out examples/out/response.csv]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import useLite from '@tripartite/model-use-lite';
import {
  astrocyteHead,
  exp,
  hiddenLayer,
  loadModel,
  pearson,
  responseText,
  run,
} from '@tripartite/sdk';

const { values: options } = parseArgs({
  options: {
    neurons: { type: 'string', default: '1000,100000' },
    head: { type: 'string', default: '1.3' },
    out: { type: 'string', default: fileURLToPath(new URL('out/response.csv', import.meta.url)) },
  },
});

// One head of the pretrained transformer: its queries, keys and values, and the exact normaliser.
const model = await loadModel(useLite);
const { heads, pieces } = await run(model, { text: responseText }, { trace: options.head });
const { layer, head, width, queries, keys, values, logNormaliser } = heads[0];
const statistics = (await model.statistics()).layers[layer][head];

// The same head as a network of hidden neurons and one astrocyte.
function respond(kind, neurons) {
  const hidden = hiddenLayer({ kind, neurons, width, statistics, stream: [layer, head] });
  const network = astrocyteHead({ width, hidden });
  network.write(keys, values);
  return network.read(queries).logResponse;
}

const counts = options.neurons.split(',').map(Number);
const curves = [...counts.map((neurons) => ['performer', neurons]), ['matched', counts[0]]].map(
  ([kind, neurons]) => ({ name: `${kind} ${neurons}`, log: respond(kind, neurons) }),
);

console.log(`head ${layer}.${head}, ${pieces.length} tokens`);
console.log('correlation of the response with the normaliser, as it is and in logarithms');
for (const { name, log } of curves) {
  const plain = pearson(log.map(exp), logNormaliser.map(exp));
  const logs = pearson(log, logNormaliser);
  console.log(`${name.padEnd(18)}${plain.toFixed(3).padStart(7)}${logs.toFixed(3).padStart(7)}`);
}

const quote = (piece) => `"${piece.replaceAll('"', '""')}"`;
const header = ['token', 'ln normaliser', ...curves.map(({ name }) => `ln response ${name}`)];
const rows = pieces.map((piece, t) =>
  [quote(piece), logNormaliser[t], ...curves.map(({ log }) => log[t])].join(),
);
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, `${[header.join(), ...rows].join('\n')}\n`);
console.log(`written: ${options.out}`);
