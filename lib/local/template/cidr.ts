/**
 * The first `count` blocks with `hostBits` host bits in an IPv4 block, as `Fn::Cidr` gives them; undefined where the block
 * is not one, or that many do not fit. 1–256 blocks.
 */
export function cidrBlocks(block: string, count: number, hostBits: number): string[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  if (!Number.isInteger(count) || count < 1 || count > 256) return undefined;
  if (!Number.isInteger(hostBits) || hostBits < 1 || hostBits > 32 - prefix) return undefined;
  const size = 2 ** hostBits;
  if (count * size > 2 ** (32 - prefix)) return undefined;
  const start = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = start - (start % 2 ** (32 - prefix));
  return Array.from({ length: count }, (_, index) => {
    const address = first + index * size;
    const octets = [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256);
    return `${octets.join('.')}/${32 - hostBits}`;
  });
}
