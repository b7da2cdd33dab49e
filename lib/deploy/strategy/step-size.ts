/** How many pods a step wants: absolute, or a share of the wanted number, rounded up; at least one, never more than wanted. */
export function stepSize(pods: number | string, wanted: number): number {
  const count = typeof pods === 'number' ? pods : Math.ceil((wanted * Number.parseInt(pods, 10)) / 100);
  return Math.max(1, Math.min(count, wanted));
}
