import type { Container } from '../types';
import { type KubeletContext, NODE } from './context';
import { amountOf } from './downward';
import type { GroupProcess } from './process';

/**
 * Ends a container's process group outright when it holds more memory than the container's limit, and says so as the node does;
 * `exceeded` is called first. Gives what ends the watch.
 */
export function limitMemory(
  { memory, registry, recorder }: KubeletContext,
  container: Container,
  process: GroupProcess,
  exceeded: () => void,
): () => void {
  const amount = container.resources?.limits?.['memory'];
  if (amount === undefined || !memory) return () => {};
  return memory.watch(process.pid, amountOf(amount), ({ bytes, biggest }) => {
    exceeded();
    process.kill();
    const node = registry.store.get('Node', undefined, NODE);
    const text = `Memory cgroup out of memory: Killed process ${biggest.pid} (${biggest.name}) anon-rss:${Math.ceil(bytes / 1024)}kB`;
    if (node) recorder.record(node, 'Warning', 'OOMKilling', text, 'kernel-monitor');
  });
}
