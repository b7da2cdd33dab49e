import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipe } from '../../../lib/local/rooms/pipe';

const onLinux = process.platform === 'linux' ? test : test.skip;

// A process that sleeps though it never waits for anything but its output is held up by the pipe.
onLinux('a process that prints without end waits while the runner is busy with what it has', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pipe-'));
  const progress = join(folder, 'progress');
  const BLOCK = 4096;
  let received = 0;
  let ahead: number | undefined;
  let done: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  const pipe = await openPipe(join(folder, 'output'), (chunk) => {
    received += chunk.length;
    if (ahead !== undefined) return;
    spawnSync('/bin/sh', ['-c', `until grep -q '^State:.S' /proc/${child.pid}/status; do :; done`]);
    const written = Number(readFileSync(progress, 'utf8')) * BLOCK;
    // The pipe's 64 KB, one block of the process, and what the runner has read in one piece.
    ahead = written - received;
    child.kill('SIGKILL');
    done();
  });
  const print = `block=$(printf '%0${BLOCK}d' 0); i=0; while :; do printf %s "$block"; i=$((i+1)); echo $i > '${progress}'; done`;
  const child = spawn('/bin/sh', ['-c', print], { stdio: ['ignore', pipe.input, 'ignore'] });
  try {
    await finished;
    expect(ahead).toBeLessThanOrEqual(128 * 1024);
  } finally {
    child.kill('SIGKILL');
    pipe.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
