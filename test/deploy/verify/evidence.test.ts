import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectEvidence } from '../../../lib/deploy/verify/evidence';
import { hideSecrets } from '../../../lib/deploy/verify/hide-secrets';
import { failure, fakes, listOf } from './fakes';
import { at, event, look, pod, workload } from './world';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-evidence-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const crash = pod('web-2', {
  ready: false,
  container: {
    restartCount: 1,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 3, finishedAt: at(4) } },
  },
});
const list = listOf(
  look({
    workloads: [workload('Deployment')],
    pods: [crash],
    events: [event(crash, 'BackOff', 'restarting failed container')],
  }),
);
const request = {
  reason: { code: 'CrashLoop', object: 'Pod/web-2', message: 'x' },
  pods: ['web-2', 'web-gone'],
  workloads: [{ kind: 'Deployment' as const, namespace: 'shop', name: 'web' }],
  namespace: 'shop',
};

test('events, pods, descriptions and the last lines of each container are written; the essential is printed', async () => {
  const world = fakes((args) => {
    const line = args.join(' ');
    if (line.includes('--output json')) return list;
    if (args[0] === 'logs') return line.includes('--previous') ? 'starting\nno database\n' : failure('other', 'no log');
    return `${line}\n    API_TOKEN:  hunter2\n`;
  });
  await collectEvidence({ ...request, folder }, world.ports);
  const inside = join(folder, 'CrashLoop-Pod-web-2');
  expect(readdirSync(inside).sort()).toEqual([
    'Deployment-web.describe.txt',
    'events.txt',
    'pods.txt',
    'web-2.app.previous.log',
    'web-2.describe.txt',
    'web-gone.describe.txt',
  ]);
  expect(readFileSync(join(inside, 'web-2.app.previous.log'), 'utf8')).toContain('no database');
  expect(readFileSync(join(inside, 'web-2.describe.txt'), 'utf8')).not.toContain('hunter2');
  const printed = world.lines.join('\n');
  expect(printed).toContain('BackOff: restarting failed container');
  expect(printed).toContain('| no database');
  expect(printed).toContain('Pod/web-gone is gone');
  expect(printed).toContain(inside);
});

test('no more than five pods are looked at', async () => {
  const world = fakes((args) => (args.includes('json') ? list : 'x'));
  await collectEvidence({ ...request, pods: ['a', 'b', 'c', 'd', 'e', 'f'], folder }, world.ports);
  expect(world.commands.filter((command) => command.startsWith('describe pod'))).toHaveLength(5);
});

test('a cluster that does not answer, and a folder that cannot be written, are said, and no failure', async () => {
  const world = fakes(() => failure('unreachable', 'connection refused'));
  await collectEvidence({ ...request, folder }, world.ports);
  expect(readFileSync(join(folder, 'CrashLoop-Pod-web-2', 'events.txt'), 'utf8')).toContain('connection refused');
  writeFileSync(join(folder, 'file'), '');
  await collectEvidence({ ...request, folder: join(folder, 'file') }, world.ports);
  expect(world.lines.join('\n')).toContain('cannot write');
});

test('values of variables that look secret are hidden; names of keys, and all else, are not', () => {
  const described = [
    '    Environment:',
    '      DB_PASSWORD:        hunter2',
    '      API_KEY:            abc',
    "      TOKEN:              <set to the key 'token' in secret 'x'>  Optional: false",
    '      PORT:               8080',
    '    Ready:                False',
  ].join('\n');
  const hidden = hideSecrets(described);
  expect(hidden).not.toMatch(/hunter2|abc/);
  expect(hidden).toContain('DB_PASSWORD:        <hidden>');
  expect(hidden).toContain("TOKEN:              <set to the key 'token'");
  expect(hidden).toContain('PORT:               8080');
});
