import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Event } from '../../lib/local/event';
import { processesWith, ROOT, type Running, startSlipway } from '../cli/command-line';
import { fewerChecks, makeProject, type TestProject } from './project';

jest.setTimeout(300_000);

type Phase = (event: Event) => boolean;

const building =
  (action: string): Phase =>
  (event) =>
    event.kind === 'phase-started' && event.phase === 'BUILD' && event.action === action;

/** The sample's development pipeline, stopped wherever it may be, in a folder whose name shells and URLs do not like. */
describe('a run that is stopped leaves nothing behind, and the next one works', () => {
  let project: TestProject;
  let state: string;

  beforeAll(() => {
    project = makeProject(fewerChecks, 'Überraschung & söhne ');
    state = join(project.folder, '.slipway');
  });
  afterAll(() => project.remove());

  const start = (...args: string[]): Running => startSlipway(ROOT, ['run', '--json', ...args], { cwd: project.folder });
  const preparation = (name: string) => `"name":"${name}","status":"started"`;
  const reached = (running: Running, phase: Phase) => running.line((line) => phase(JSON.parse(line) as Event));

  test.each([
    ['SIGINT', 'synthesis', preparation('Synthesis')],
    ['SIGINT', 'the start of the cluster', preparation('Cluster')],
    ['SIGTERM', 'Source', (event: Event) => event.kind === 'action-started' && event.action === 'Source/Source'],
    ['SIGHUP', 'Build', building('Build/Build')],
    ['SIGINT', 'Test, with a Redis server running', building('Test/Integration')],
    ['SIGKILL', 'Test, with all builds running', building('Test/Integration')],
    ['SIGTERM', 'Deploy', building('Dev/Deploy')],
    ['SIGINT', 'Verify, with the service running', building('Dev/Verify')],
  ] as const)('%s at %s', async (signal, _, phase) => {
    const running = start();
    await (typeof phase === 'string' ? running.line(phase) : reached(running, phase));
    running.kill(signal);
    const { code, signal: endedBy, stdout, stderr } = await running.ended;
    if (signal === 'SIGKILL') {
      expect(endedBy).toBe('SIGKILL');
      expect(existsSync(join(state, 'lock'))).toBe(true);
      return;
    }
    expect({ code, stderr }).toEqual({ code: 130, stderr: '\nstopping …\n' });
    nothingLeft();
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    const [first, last] = [events.find(({ kind }) => kind === 'pipeline-started'), events.at(-1)];
    if (first) expect(last).toMatchObject({ kind: 'pipeline-ended', status: 'Stopped' });
  });

  test('the next run is green, with what is committed, though strangers have taken the cluster’s ports', async () => {
    appendFileSync(join(project.service, 'README.md'), '\nnot committed\n');
    const strangers = await Promise.all(portsOfTheCluster().map(occupy));
    try {
      const { code, stderr, events } = await project.run();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(facts(events)).toMatchObject({ dirty: 'no', uncommitted: '1' });
      nothingLeft();
    } finally {
      for (const server of strangers) server.close();
    }
  });

  test('--dirty runs the work tree as it is, and says so', async () => {
    const running = start('--dirty');
    await reached(running, (event) => event.kind === 'action-ended' && event.action === 'Source/Source');
    running.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    expect(facts(events)).toMatchObject({ dirty: 'yes', uncommitted: '0' });
    nothingLeft();
  });

  function nothingLeft(): void {
    expect(existsSync(join(state, 'lock'))).toBe(false);
    expect(existsSync(join(state, 'cluster', 'cluster.json'))).toBe(false);
    expect(readdirSync(state).filter((name) => name.startsWith('cdk.out.'))).toEqual([]);
    if (process.platform === 'linux') expect(processesWith(project.folder)).toEqual([]);
    const temporary = `slipway-${createHash('sha256').update(state).digest('hex').slice(0, 8)}-`;
    expect(readdirSync('/tmp').filter((name) => name.startsWith(temporary))).toEqual([]);
  }

  /** The API server's, and those of Services of an earlier run. */
  function portsOfTheCluster(): number[] {
    const api = Number(readFileSync(join(state, 'cluster', 'port'), 'utf8'));
    const objects = readFileSync(join(state, 'cluster', 'objects.jsonl'), 'utf8');
    const services = [...objects.matchAll(/"nodePort":(\d+)/g)].map(([, port]) => Number(port));
    expect(services.length).toBeGreaterThan(0);
    return [api, ...new Set(services)];
  }

  const occupy = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.destroy());
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(server));
    });

  const facts = (events: readonly Event[]): Record<string, string> =>
    Object.fromEntries(events.flatMap((event) => (event.kind === 'fact' ? [[event.name, event.value]] : [])));
});
