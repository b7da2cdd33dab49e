import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { readAssembly } from '../../lib/local/assembly';
import type { UsedPermission } from '../../lib/local/aws/call-log';
import type { Event } from '../../lib/local/event';
import { linesOf } from '../../lib/local/output-text';
import type { RunState } from '../../lib/local/run-state';
import { readEstate } from '../../lib/permissions/calls';
import { type RecordedUse, recorded } from '../../lib/permissions/recorded-calls';
import { open } from '../../lib/provenance/dsse';
import { ATTESTATIONS, attestationKey } from '../../lib/provenance/storage';
import { type FaultName, faults } from '../fixtures/faults';
import { makeProject, statuses, type TestProject, troubles } from './project';

jest.setTimeout(300_000);

/** The whole development pipeline of the sample, really run: git, uv, pytest, the AWS CLI, kubectl, Redis, gunicorn. */
describe('the development pipeline of the sample', () => {
  let project: TestProject;
  let commit: string;
  let first: { readonly version: string; readonly url: string };

  beforeAll(async () => {
    project = makeProject();
    commit = project.commit();
    const { code, state, stderr } = await project.run('--keep');
    expect({ code, stderr, troubles: troubles(state) }).toEqual({ code: 0, stderr: '', troubles: {} });
    expect(state.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'Source Succeeded',
      'Build Succeeded',
      'Test Succeeded',
      'Dev Succeeded',
    ]);
    first = { version: exported(state, 'VERSION'), url: exported(state, 'BASE_URL') };
    expect(first.version).toBe(`1.4.2-${commit.slice(0, 12)}`);
  });

  afterAll(() => project.remove());

  test('a green run leaves the service up with --keep: it answers with its version and digest, and counts', async () => {
    const answer = await served();
    expect(answer['version']).toBe(first.version);
    expect(answer['digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
    const page = await (await fetch(`${first.url}/`)).text();
    expect(page).toContain(first.version);
  });

  test('its roles called what the recording has, of which least-privilege.test.ts proves that they may; nothing new', () => {
    const assembly = readAssembly(`${project.folder}/.slipway/cdk.out`);
    if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
    const lines = readFileSync(`${project.folder}/.slipway/calls.jsonl`, 'utf8').trim().split('\n');
    const estate = readEstate(assembly.value, { account: '111122223333', region: 'eu-west-1', partition: 'aws' });
    const seen = recorded(
      lines.map((line) => JSON.parse(line) as UsedPermission),
      estate,
    ).map((use) => JSON.stringify(use));
    const known = JSON.parse(readFileSync('test/fixtures/recorded-calls.json', 'utf8')) as RecordedUse[];
    expect(seen.length).toBeGreaterThan(10);
    // To add what is: npx tsx scripts/record-calls.ts
    expect(seen.filter((use) => !known.some((each) => JSON.stringify(each) === use))).toEqual([]);
  });

  test('what is served is attested: image, commit and bills of materials, as a laptop may say it', async () => {
    const digest = (await served())['digest'] ?? '';
    const state = join(project.folder, '.slipway');
    const [bucket = ''] = readdirSync(join(state, 'buckets')).filter((name) => name.includes('attestations'));
    const [key = ''] = readdirSync(join(state, 'keys'));
    const publicKey = createPublicKey(readFileSync(join(state, 'keys', key), 'utf8'));
    const opened = ATTESTATIONS.map((attestation) => {
      const envelope = readFileSync(join(state, 'buckets', bucket, attestationKey('visits', digest, attestation)));
      const [{ keyid }] = JSON.parse(envelope.toString('utf8')).signatures;
      expect(keyid).toContain(key.replace('.pem', ''));
      return open(envelope, new Map([[keyid, publicKey]]));
    });
    const [provenance] = opened;
    expect(opened).toMatchObject(
      opened.map(() => ({ ok: true, value: { subject: [{ digest: { sha256: digest.slice(7) } }] } })),
    );
    expect(provenance).toMatchObject({
      value: {
        predicate: {
          buildDefinition: {
            externalParameters: { pipeline: 'visits-development', source: { branch: 'develop', commit } },
            internalParameters: { slipway: { runner: 'local' } },
          },
          runDetails: { builder: { id: expect.stringMatching(/^urn:slipway:builder:local:/) } },
        },
      },
    });
  });

  test('a commit that was built and tested is not built again: Test is skipped, the image is deployed', async () => {
    const { code, state } = await project.run('--keep');
    expect(code).toBe(0);
    expect(state.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'Source Succeeded',
      'Build Succeeded',
      'Test Skipped',
      'Dev Succeeded',
    ]);
  });

  test('--context deploys to the cluster that a kubeconfig names, not to one of its own', async () => {
    const kubeconfig = `${project.folder}/.slipway/cluster/kubeconfig`;
    const { code, state, events, stderr } = await project
      .with({ KUBECONFIG: kubeconfig })
      .run('--context', contextOf(kubeconfig));
    expect({ code, stderr, troubles: troubles(state) }).toEqual({ code: 0, stderr: '', troubles: {} });
    const output = events.flatMap((event) =>
      event.kind === 'output' && event.action === 'Dev/Deploy' ? linesOf(event.text) : [],
    );
    expect(output.at(-1)).toMatch(/^Verified: visits \S+ serves in dev/);
    expect(output.join('\n')).not.toContain('arn:aws:eks');
  });

  // Faults of different actions share a run; that each check turns its action red by itself is in test/buildspecs, and what a
  // release that never gets ready does is a drill.
  const planted: FaultName[][] = [
    ['brokenUnitTest', 'lintError', 'brokenIntegration', 'vulnerability'],
    ['brokenEndToEnd'],
  ];

  test.each(planted.map((names) => [names.join(' and '), names] as const))(
    '%s: exactly their actions turn red, the pipeline stops, and the old version is still served',
    async (_title, names) => {
      const stage = faults[names[0] as FaultName].stage;
      project.commit(...names);
      const polling = poll();
      const { code, state, events } = await project.run('--keep');
      const requests = await polling.stop();

      expect(code).toBe(1);
      expect(failed(state).sort()).toEqual(names.map((name) => `${stage}/${faults[name].action}`).sort());
      expect(state.stages.filter(({ status }) => status !== 'Pending').at(-1)?.name).toBe(stage);
      expect(await newVisitor()).toBe(first.version);
      if (stage === 'Dev') {
        expect(rollback(events)).toEqual({ type: 'ROLLBACK', status: 'Succeeded' });
      } else {
        expect(requests.versions).toEqual(new Set([first.version]));
      }
      expect(requests.failures).toEqual([]);
    },
  );

  async function served(): Promise<Record<string, string>> {
    return (await (await fetch(`${first.url}/version`)).json()) as Record<string, string>;
  }

  /** The version that a new connection gets; one that is kept alive may end on a pod that drains. */
  function newVisitor(): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = get(`${first.url}/version`, { agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve((JSON.parse(body) as Record<string, string>)['version'] ?? ''));
      });
      request.on('error', reject);
    });
  }

  /** A client that asks for the version again and again, as users would, until it is stopped. */
  function poll() {
    const versions = new Set<string>();
    const failures: string[] = [];
    let on = true;
    const loop = (async () => {
      // Paced: the machine has other things to do than to answer this client.
      for (; on; await delay(20)) {
        try {
          versions.add((await served())['version'] ?? '');
        } catch (error) {
          failures.push(String(error));
        }
      }
    })();
    return {
      stop: async () => {
        on = false;
        await loop;
        return { versions, failures };
      },
    };
  }
});

const contextOf = (kubeconfig: string): string =>
  (parse(readFileSync(kubeconfig, 'utf8')) as { 'current-context': string })['current-context'];

function exported(state: RunState, name: string): string {
  const action = state.stages.flatMap(({ actions }) => actions).find(({ variables }) => variables[name] !== undefined);
  return action?.variables[name] ?? '';
}

const failed = (state: RunState): string[] =>
  Object.entries(statuses(state))
    .filter(([, status]) => status !== 'Succeeded')
    .map(([id]) => id);

/** The execution that followed the failed one. */
function rollback(events: readonly Event[]): { type: string; status: string } | undefined {
  const started = events.find((event) => event.kind === 'pipeline-started' && event.type === 'ROLLBACK');
  const ended = events.find((event) => event.kind === 'pipeline-ended' && event.execution === started?.execution);
  if (started?.kind !== 'pipeline-started' || ended?.kind !== 'pipeline-ended') return undefined;
  return { type: started.type, status: ended.status };
}
