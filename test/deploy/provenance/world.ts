import { sign } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommonOptions, DeployOptions } from '../../../lib/deploy/options';
import { type CommandName, runProgram } from '../../../lib/deploy/program';
import type { DeployResult } from '../../../lib/deploy/report';
import { type Attestation, attestationKey } from '../../../lib/provenance/storage';
import { surroundings } from '../../local/aws/fixture';
import { KEY, keyRing } from '../../local/aws/key-fixture';
import { EXPECTED, REPOSITORY_URI, statementsOf } from '../../provenance/attestations';
import { DIGEST, sealed } from '../../provenance/fixture';
import { FakeClock, FakeLog } from '../fakes';

/** An account with KMS, the bucket of what is signed, and one of releases; and a kubectl that tells whether it was started. */
export async function openAccount() {
  const root = mkdtempSync(join(tmpdir(), 'slipway-provenance-'));
  const [attestations, releases] = [join(root, 'attestations'), join(root, 'releases')];
  const ring = keyRing(join(root, 'keys'));
  const here = await surroundings({
    keys: ring,
    buckets: [
      { bucket: 'attestations', folder: attestations },
      { bucket: 'releases', folder: releases },
    ],
  });
  const before = { ...process.env };
  Object.assign(process.env, here.environment(), { AWS_REGION: here.client().region });
  const kubectl = join(root, 'kubectl');
  const started = join(root, 'kubectl-was-started');
  writeFileSync(kubectl, `#!/bin/sh\necho "$@" >> '${started}'\nexit 1\n`, { mode: 0o755 });

  const pathOf = (attestation: Attestation, digest: string): string =>
    join(attestations, attestationKey('visits', digest, attestation));
  const put = (attestation: Attestation, bytes: Uint8Array, digest = DIGEST): void => {
    mkdirSync(dirname(pathOf(attestation, digest)), { recursive: true });
    writeFileSync(pathOf(attestation, digest), bytes);
  };
  const account = {
    here,
    put,
    pathOf,
    kmsSign: async (message: Uint8Array) =>
      sign('sha256', message, { key: ring.privateKey(KEY), dsaEncoding: 'der' as const }),
    /** Signs all that the attest action would, each changed by `change`. */
    async attest(facts: Parameters<typeof statementsOf>[0] = {}) {
      for (const [attestation, statement] of statementsOf(facts))
        put(attestation, await sealed(statement, account.kmsSign, KEY.arn), facts.digest);
    },
    /** Puts a release into the store as the last known good one, as the deployer or somebody else would have written it. */
    async release(release: object & { readonly id: string }) {
      const { createHash } = await import('node:crypto');
      const bytes = JSON.stringify({ format: 1, ...release });
      const folder = join(releases, 'visits', 'dev');
      mkdirSync(join(folder, 'releases'), { recursive: true });
      writeFileSync(join(folder, 'releases', `${release.id}.json`), bytes);
      const sha256 = { [release.id]: createHash('sha256').update(bytes).digest('hex') };
      writeFileSync(join(folder, 'record.json'), JSON.stringify({ format: 1, good: release.id, sha256 }));
    },
    /** `environment`: the deployer's own. Runs a command; whether kubectl was started, how it ended. */
    async run(
      command: CommandName,
      options: Partial<DeployOptions> = {},
      environment: Readonly<Record<string, string>> = {},
    ) {
      rmSync(started, { force: true });
      const log = new FakeLog();
      const output = join(root, 'output');
      const code = await runProgram(command, optionsOf(command, { kubectl, output, manifests: root, ...options }), {
        environment,
        log,
        clock: new FakeClock(),
        random: () => 1,
        fetch,
        signal: new AbortController().signal,
        defaultId: 'ours',
      });
      const result = JSON.parse(readFileSync(join(output, 'result.json'), 'utf8')) as DeployResult;
      return { code, outcome: result.outcome, reason: result.reason, kubectl: existsSync(started), log: log.text };
    },
    clear() {
      for (const folder of [attestations, releases]) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
      }
    },
    async close() {
      process.env = before;
      await here.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return account;
}

/** As deploy.yml gives them. */
function optionsOf(command: CommandName, more: Partial<DeployOptions>): CommonOptions | DeployOptions {
  const common: CommonOptions = {
    service: 'visits',
    environment: 'dev',
    namespace: 'visits-dev',
    releases: 's3://releases',
    version: '1.4.2-35285eee9d55',
    strategy: { kind: 'rolling' },
    rolloutTimeout: 1,
    smokeTimeout: 1,
    settle: 0,
    lockTimeout: 1,
    lockDuration: 60,
    unreachable: 0,
    smoke: false,
    readyPath: '/readyz',
    versionPath: '/version',
    output: '',
    kubectl: '',
    requestedAt: '2026-11-21T12:00:00.000Z',
    attestations: 's3://attestations',
    provenanceKey: KEY.arn,
    builders: EXPECTED.builders,
    sourceRepository: EXPECTED.source,
  };
  if (command !== 'deploy') return { ...common, imageRepository: REPOSITORY_URI, ...more };
  const image = { name: 'visits', repository: REPOSITORY_URI, digest: DIGEST };
  const release = { manifests: '', helmValues: [], image, alarms: [], ignoreAlarms: false, accept: true };
  return { ...common, version: common.version as string, ...release, commit: EXPECTED.commit, ...more };
}
