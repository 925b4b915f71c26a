import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import digits from '@tripartite/model-vit-digits';
import {
  encodeHidden,
  type FittedHidden,
  hiddenLayer,
  loadModel,
  type Model,
  type WeightedLayer,
} from '@tripartite/sdk';

/** What `matched` draws with seed 1, as a layer that was fitted: it must give what `matched` gives. */
export async function fitMatched(of: Model, neurons: number): Promise<FittedHidden> {
  const { layers } = await of.statistics();
  return {
    kind: 'learned',
    neurons,
    shared: true,
    model: of.name,
    modelHash: await of.weightsHash(),
    dataHash: 'a'.repeat(64),
    inputs: 7,
    seed: 1,
    settings: {},
    quality: { agreement: 0.984, 'logit error': 0.0521 },
    layers: layers.map((heads, layer) =>
      heads.map((statistics, head) => {
        const width = statistics.queryMean.length;
        const place = { width, seed: 1, stream: [layer, head] };
        return hiddenLayer({ neurons, statistics, ...place }) as WeightedLayer;
      }),
    ),
  };
}

/** Makes a folder with the digits' model and two such layers, of 16 and 64 neurons, in place of its own; loads it. */
export async function makeFittedDigits(folder: string): Promise<Model> {
  await mkdir(join(folder, 'hidden'), { recursive: true });
  for (const [name, url] of Object.entries(digits.files)) await copyFile(url, join(folder, name));
  const plain = await loadModel(digits);
  const index: object[] = [];
  for (const neurons of [16, 64]) {
    const file = `hidden/learned-${neurons}.safetensors`;
    await writeFile(join(folder, file), encodeHidden(await fitMatched(plain, neurons)));
    index.push({ file, kind: 'learned', neurons, shared: true });
  }
  await writeFile(join(folder, 'hidden', 'index.json'), JSON.stringify(index));
  return loadModel(folder);
}
