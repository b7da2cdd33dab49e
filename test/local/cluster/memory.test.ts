import { readFileSync } from 'node:fs';
import { type GroupMemory, MemoryWatch, readMemory } from '../../../lib/local/cluster/kubelet/memory';

const memory = (bytes: number): GroupMemory => ({ bytes, biggest: { pid: 1, name: 'p' } });

test('a group is told once when it holds more than its limit, and not after its watch ended', () => {
  const held = new Map([
    [10, memory(100)],
    [20, memory(101)],
    [30, memory(999)],
  ]);
  const watch = new MemoryWatch(
    (groups) => new Map([...held].filter(([group]) => groups.has(group))),
    () => 1e9,
  );
  const told: number[] = [];
  const ends = [10, 20, 30].map((group) => watch.watch(group, 100, ({ bytes }) => told.push(group, bytes)));
  ends[2]?.();
  watch.look();
  watch.look();
  expect(told).toEqual([20, 101]);
  held.set(10, memory(500));
  watch.look();
  expect(told).toEqual([20, 101, 10, 500]);
  for (const end of ends) end();
});

test('what a process group holds is read from the machine', () => {
  const group = Number(/^NSpgid:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  const found = readMemory(new Set([group])).get(group);
  expect(found?.bytes).toBeGreaterThan(10e6);
  expect(readMemory(new Set())).toEqual(new Map());
});
