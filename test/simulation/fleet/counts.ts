/** A read that can't go beside the array: silence there would be a wrong number in the table. */
export function at(
  array: Uint32Array | Int32Array | Uint8Array | Float64Array,
  index: number,
): number {
  const value = array[index];
  if (value === undefined) throw new RangeError(`${index} is outside of 0…${array.length - 1}`);
  return value;
}

export function increment(counts: Uint32Array, index: number): void {
  counts[index] = at(counts, index) + 1;
}
