// Which weight of the TensorFlow.js graph becomes which tensor of model.safetensors.
// Row: [name here, name in the graph, shape here, transposed?]. The graph stores a Linear weight as
// [in, out] (kernels of 1 × 1 convolutions as [1, 1, in, out]); Hugging Face's layout is [out, in].

const root = 'module_apply_default/Encoder_en/KonaTransformer/Encode';
const kernels = 'module/Encoder_en/KonaTransformer/Encode';
const whole = 'ConcatPartitions/concat';

const width = 512;
const inner = 1536;

function layerRows(layer, inputWidth) {
  const to = `encoder.layer.${layer}`;
  const from = `${root}/Layer_${layer}/TransformerLayer`;
  const norm = (path, part) => `${from}/${path}layer_prepostprocess/layer_norm/${part}/${whole}`;
  const attention = `Layer_${layer}/TransformerLayer/MultiheadAttention`;
  const folded = `${root}/TransformerStack/Layer_${layer}/TransformerLayer/FFN`;
  const linear = (name, weight, bias, outputs, inputs) => [
    [`${to}.${name}.weight`, weight, [outputs, inputs], true],
    [`${to}.${name}.bias`, bias, [outputs], false],
  ];
  const attend = (name, part, outputs) =>
    linear(
      `attention.${name}`,
      `${kernels}/${attention}/${part}_transform_single/kernel/part_0`,
      `${root}/${attention}/${part}_transform_single/bias/${whole}`,
      outputs,
      inputWidth,
    );
  const feedForward = (name, part, outputs, inputs) =>
    linear(
      `mlp.${name}`,
      `${folded}/${part}/Tensordot/Reshape_1`,
      `${from}/FFN/${part}/bias/${whole}`,
      outputs,
      inputs,
    );
  return [
    [`${to}.attention_norm.weight`, norm('', 'layer_norm_scale'), [inputWidth], false],
    [`${to}.attention_norm.bias`, norm('', 'layer_norm_bias'), [inputWidth], false],
    ...attend('qkv', 'qkv', 3 * inputWidth),
    ...attend('output', 'output', width),
    // Only where the width changes: layer 1 adds its input as it is.
    ...(inputWidth === width
      ? []
      : linear(
          'residual',
          `${from}/dense/kernel/${whole}`,
          `${from}/dense/bias/${whole}`,
          width,
          inputWidth,
        )),
    [`${to}.mlp_norm.weight`, norm('FFN/', 'layer_norm_scale'), [width], false],
    [`${to}.mlp_norm.bias`, norm('FFN/', 'layer_norm_bias'), [width], false],
    ...feedForward('up', 'conv1', inner, width),
    ...feedForward('down', 'conv2', width, inner),
  ];
}

export const tensorTable = [
  ['embeddings.weight', 'module/Embeddings_en', [8002, 256], false],
  [
    'embeddings.inverse_timescales',
    `${root}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`,
    [128],
    false,
  ],
  ...layerRows(0, 256),
  ...layerRows(1, width),
  [
    'pooler.dense.weight',
    'module/Encoder_en/hidden_layers/tanh_layer_0/weights',
    [width, width],
    true,
  ],
  ['pooler.dense.bias', 'module/Encoder_en/hidden_layers/tanh_layer_0/bias', [width], false],
];
