import { spawn } from 'node:child_process';
import { findProcesses, killGroup, processGroup, sendSignal } from '../../../lib/local/codebuild/process-tree';
import { processStart } from '../../../lib/local/process-identity';

const onLinux = process.platform === 'linux' ? test : test.skip;

/** A leader whose child stays when it ends, without the leader's environment; gives the child's id. */
async function leaderWithChild() {
  const leader = spawn('/bin/sh', ['-c', 'env -i /bin/sleep 60 & echo $!; read -r _'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const group = processGroup(leader.pid ?? 0);
  const ended = new Promise<void>((resolve) => {
    leader.once('exit', () => {
      group.leaderEnded();
      resolve();
    });
  });
  const child = Number(String(await new Promise((resolve) => leader.stdout.once('data', resolve))).trim());
  return { group, child, stdin: leader.stdin, ended };
}

onLinux('a group is known as long as a member of it lives, also when its leader is gone', async () => {
  const { group, child, stdin, ended } = await leaderWithChild();
  stdin.end();
  await ended;
  expect(group.exists()).toBe(true);
  expect((await findProcesses({ groups: [group] })).map(({ pid }) => pid)).toEqual([child]);
  await killGroup(group);
  expect([await findProcesses({ groups: [group] }), processStart(child)]).toEqual([[], undefined]);
});

onLinux('a group with the id of one that is gone is not taken for it', async () => {
  // The id comes round: a process of somebody else's leads a group of this id now.
  const other = spawn('/bin/sleep', ['60'], { detached: true });
  const exit = new Promise((resolve) => other.once('exit', resolve));
  const reused = processGroup(other.pid ?? 0);
  const stale = processGroup(other.pid ?? 0, 'of long ago');
  await killGroup(stale);
  expect([stale.exists(), reused.exists(), other.signalCode]).toEqual([false, true, null]);
  await killGroup(reused);
  await exit;
  expect(other.signalCode).toBe('SIGKILL');
});

onLinux('a signal reaches only the process that started when it is said to have', () => {
  const start = processStart(process.pid);
  expect(sendSignal({ pid: process.pid, start: `${start}0` }, 0)).toBe(false);
  expect(sendSignal({ pid: process.pid, start: start ?? '' }, 0)).toBe(true);
});
