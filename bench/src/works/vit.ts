import vitDigits from '@tripartite/model-vit-digits';
import {
  createGenerator,
  loadModel,
  type Model,
  type Picture,
  parseSafetensors,
  run,
} from '@tripartite/sdk';
import { platform } from '#platform';
import { type Contest, type Contestant, type Setting, singleThread } from '../contest.js';
import { type VitSizes, vitGraph } from '../onnx/vit-graph.js';
import { onnxruntimeNode, onnxruntimeWeb } from '../peers/onnxruntime.js';

/** The ViT for digits on `batch` pictures in one call. Ours starts from 8-bit pictures, the peers from pixels. */
export async function vitContest(batch: number, setting: Setting): Promise<Contest> {
  const { threads } = setting;
  const { files } = vitDigits;
  const sizes = JSON.parse(
    new TextDecoder().decode(await platform.readBytes(files['config.json'])),
  ) as VitSizes;
  const file = parseSafetensors(
    await platform.readBytes(files['model.safetensors']),
    'model.safetensors',
  );
  const side = sizes.image_size;
  const pictures = Array.from({ length: batch }, (_, at) => drawPicture(side, at));
  const pixels = new Float32Array(batch * side * side);
  for (const [at, { data }] of pictures.entries()) {
    pixels.set(
      Float32Array.from(data, (level) => level / 255),
      at * side * side,
    );
  }
  const graph = vitGraph(file, sizes, batch);
  const feeds = { pixels: { data: pixels, shape: [batch, sizes.num_channels, side, side] } };
  return {
    name: 'vit',
    shape: `${batch} × ${side}×${side}`,
    threads,
    ours: ourContestant('ours', await loadModel(vitDigits, setting), pictures),
    peers: [
      await onnxruntimeWeb(graph, feeds, threads),
      ...(threads === 1 ? [] : [await alone()]),
      ...(await onnxruntimeNode(graph, feeds, threads)),
    ],
    tolerance: 1e-4,
  };

  async function alone(): Promise<Contestant> {
    const model = await loadModel(vitDigits, { ...setting, threads: 1 });
    return ourContestant(singleThread, model, pictures);
  }
}

/** Light specks on black: the time does not depend on what is seen. */
function drawPicture(side: number, index: number): Picture {
  const generator = createGenerator(1, 'bench', 'picture', index);
  const data = Uint8Array.from({ length: side * side }, () =>
    generator.uniform() < 0.2 ? generator.integer(256) : 0,
  );
  return { width: side, height: side, channels: 1, data };
}

function ourContestant(name: string, model: Model, pictures: readonly Picture[]): Contestant {
  const inputs = pictures.map((image) => ({ image }));
  return {
    name,
    async run() {
      await run(model, inputs);
    },
    async result() {
      const results = await run(model, inputs);
      return Float32Array.from(results.flatMap((one) => ('logits' in one ? [...one.logits] : [])));
    },
    close: () => model.close(),
  };
}
