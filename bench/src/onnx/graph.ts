import { field, float, joined, type Message, whole } from './protobuf.js';

/** Name of a value in an ONNX graph. */
export type Value = string;

/** What an operator's attribute can be here. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

/** An ONNX model (onnx.proto, opset 20) built node by node; every value is float32 unless said. */
export interface GraphBuilder {
  /** An input of a fixed shape. */
  input(name: string, shape: readonly number[]): Value;
  /** A constant. */
  constant(values: Float32Array | BigInt64Array, shape: readonly number[]): Value;
  /** The one output of an operator. */
  node(op: string, inputs: readonly Value[], attributes?: Record<string, Attribute>): Value;
  /** The model with `output` as its only output, named `out`. */
  model(output: Value): Uint8Array;
}

// Numbers of the fields and types: onnx.proto3 of ONNX 1.16, IR version 9.
const float32 = 1;
const int64 = 7;

/** Starts an empty graph. */
export function graphBuilder(): GraphBuilder {
  const inputs: Message[] = [];
  const constants: Message[] = [];
  const nodes: Message[] = [];
  let names = 0;
  const fresh = () => `value-${names++}`;

  function addNode(op: string, from: readonly Value[], to: Value, attributes: Message): Value {
    nodes.push([
      ...from.flatMap((name) => field(1, name)),
      ...field(2, to),
      ...field(4, op),
      ...attributes,
    ]);
    return to;
  }

  return {
    input(name, shape) {
      inputs.push(valueInfo(name, shape));
      return name;
    },
    constant(values, shape) {
      const name = fresh();
      constants.push([
        ...shape.flatMap((side) => whole(1, side)),
        ...whole(2, values instanceof Float32Array ? float32 : int64),
        ...field(8, name),
        ...field(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
      ]);
      return name;
    },
    node(op, from, attributes = {}) {
      const encoded = Object.entries(attributes).flatMap((entry) => field(5, attribute(...entry)));
      return addNode(op, from, fresh(), encoded);
    },
    model(output) {
      addNode('Identity', [output], 'out', []);
      const graph = [
        ...nodes.flatMap((node) => field(1, node)),
        ...field(2, 'bench'),
        ...constants.flatMap((constant) => field(5, constant)),
        ...inputs.flatMap((info) => field(11, info)),
        ...field(12, valueInfo('out')),
      ];
      return joined([
        ...whole(1, 9),
        ...field(7, graph),
        ...field(8, [...field(1, ''), ...whole(2, 20)]),
      ]);
    },
  };
}

/** ValueInfoProto of a float32 tensor; without a shape the runtime infers it. */
function valueInfo(name: string, shape?: readonly number[]): Message {
  const sides = shape?.flatMap((side) => field(1, whole(1, side)));
  const tensor = [...whole(1, float32), ...(sides ? field(2, sides) : [])];
  return [...field(1, name), ...field(2, field(1, tensor))];
}

/** AttributeProto; field 20 is its type. */
function attribute(name: string, value: Attribute): Message {
  if ('int' in value) return [...field(1, name), ...whole(3, value.int), ...whole(20, 2)];
  if ('float' in value) return [...field(1, name), ...float(2, value.float), ...whole(20, 1)];
  return [...field(1, name), ...value.ints.flatMap((int) => whole(8, int)), ...whole(20, 7)];
}
