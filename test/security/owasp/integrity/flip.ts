/** Base64 of the same bytes but for one bit in the middle, or at `at`. */
export function flipped(base64: string, at?: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const index = at ?? Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
  return bytes.toString('base64');
}
