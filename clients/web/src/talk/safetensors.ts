/** Reads a safetensors file: eight bytes of length, a JSON head that names the tensors, and their numbers. */

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors by their names; throws an Error where the file is not what it says. Only 32-bit floats are known. */
export function readTensors(file: ArrayBuffer): Map<string, Tensor> {
  if (file.byteLength < 8) throw new Error("The file of tensors is cut off.");
  const headBytes = Number(new DataView(file).getBigUint64(0, true));
  const start = 8 + headBytes;
  if (start > file.byteLength) throw new Error("The file of tensors is cut off.");
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, headBytes))) as Record<string, Entry>;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(head)) {
    if (name !== "__metadata__") tensors.set(name, read(file, start, name, entry));
  }
  return tensors;
}

function read(file: ArrayBuffer, start: number, name: string, entry: Entry): Tensor {
  const [from, to] = entry.data_offsets;
  const size = entry.shape.reduce((product, length) => product * length, 1);
  if (entry.dtype !== "F32" || to - from !== size * 4)
    throw new Error(`The tensor ${name} is no array of 32-bit floats.`);
  if (start + to > file.byteLength) throw new Error("The file of tensors is cut off.");
  // A copy, since the numbers need not begin at a multiple of four.
  return { shape: entry.shape, data: new Float32Array(file.slice(start + from, start + to)) };
}
