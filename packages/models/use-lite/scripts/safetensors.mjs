// The safetensors format: header length (8 bytes), JSON header, tensors one after another.
// https://github.com/huggingface/safetensors#format

/** Copies the tensors (F32, as 32-bit words) into the bytes of one safetensors file. */
export function encodeSafetensors(tensors) {
  const header = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape, words } of tensors) {
    header[name] = {
      dtype: 'F32',
      shape,
      data_offsets: [offset, offset + words.byteLength],
    };
    offset += words.byteLength;
  }
  const text = JSON.stringify(header);
  // Spaces fill the header up to a multiple of 8, so that the tensors are aligned.
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = tensors.map(({ words }) => Buffer.from(words.buffer));
  return Buffer.concat([length, json, ...data]);
}

/** Throws unless the bytes hold exactly the tensors named, each once, F32, of its shape, gapless. */
export function checkSafetensors(bytes, expected) {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  if (names.length !== expected.length)
    throw new Error(`the file holds ${names.length} tensors; ${expected.length} are needed`);
  let end = 0;
  for (const { name, shape } of expected) {
    const tensor = header[name];
    if (!tensor) throw new Error(`tensor ${name} is missing in the file written`);
    const start = end;
    end += 4 * shape.reduce((product, side) => product * side, 1);
    if (tensor.dtype !== 'F32' || tensor.shape.join() !== shape.join())
      throw new Error(`tensor ${name} is ${tensor.dtype} [${tensor.shape}]; F32 [${shape}] is due`);
    if (tensor.data_offsets[0] !== start || tensor.data_offsets[1] !== end)
      throw new Error(`tensor ${name} lies at [${tensor.data_offsets}]; [${start},${end}] is due`);
  }
  if (bytes.length !== 8 + length + end)
    throw new Error(`the file has ${bytes.length} bytes; ${8 + length + end} are due`);
}
