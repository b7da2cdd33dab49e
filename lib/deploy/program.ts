import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runner } from '../provenance/builder';
import type { Result } from '../result';
import { accept } from './accept';
import { checksOf } from './checks';
import { deploy } from './deploy';
import { kubectlProcess } from './kubectl-process';
import type { CommonOptions, DeployOptions } from './options';
import { EXIT_CODES } from './outcome';
import type { Parts } from './parts';
import type { Clock, Log, Ports } from './ports';
import { preview } from './preview';
import { isElsewhere, openAttestations, policyOf } from './provenance/options';
import { realParts } from './real-parts';
import { openStore } from './releases/open-store';
import { manifestSource } from './render/manifest-source';
import { type Ending, lastLine, Report } from './report';
import { reportFiles } from './report-files';
import type { DeployRequest, ImagePin, ManifestSource } from './request';
import { restore } from './restore';
import { apiProxy } from './strategy/api-proxy';
import { chooseRollOut } from './strategy/choose';
import { cloudWatchAlarms } from './system';
import { collectEvidence } from './verify/evidence';
import { junit } from './verify/junit';

export type CommandName = 'deploy' | 'accept' | 'restore' | 'preview';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  /** Name of this deploy where none is given. */
  readonly defaultId: string;
}

export const USAGE = `
Exit codes:
  0   Verified: the release serves, and was seen to (accept: it is the last known good one; preview: shown)
  2   wrong command line
  10  RolledBack: it was bad; the last known good release serves again
  11  Refused: nothing was changed
  12  Superseded: a newer deploy took over
  13  RollbackFailed: it was bad, and could not be taken back; a person must look
  14  Error: the deployer could not do its work; nothing was judged or undone, run it again
`;

/** Seconds that giving the lock back may take when the API is away. */
const LAST_CALLS = 10;

/** Runs a command; its exit code. Writes what it leaves for machines to the output folder. */
export async function runProgram(
  command: CommandName,
  options: CommonOptions | DeployOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { log, clock, random, signal, environment } = surroundings;
  const processOptions = {
    program: options.kubectl,
    prefix: options.context === undefined ? [] : ['--context', options.context],
    environment,
    clock,
    random,
    log,
  };
  const kubectl = kubectlProcess({ ...processOptions, signal, unreachable: options.unreachable });
  const never = new AbortController().signal;
  const lastKubectl = kubectlProcess({ ...processOptions, signal: never, unreachable: LAST_CALLS });
  const report = new Report(clock, log);
  const releases = openStore(options.releases, { signal, now: () => clock.now() });
  const rollOut = chooseRollOut(options.strategy, apiProxy(processOptions));
  const runner: Runner = isElsewhere(environment) ? 'local' : 'codepipeline';
  const policy = policyOf(options, runner);
  const attestations = openAttestations(options, surroundings);
  const request = requestOf(command, options, surroundings.defaultId);
  const output = prepared(options.output);
  if (!releases.ok || !request.ok || !output.ok || !policy.ok || !attestations.ok) {
    const errors = [releases, request, output, policy, attestations].flatMap((each) => (each.ok ? [] : each.errors));
    return finish({ outcome: 'Refused', reason: { code: 'Options', message: errors.join('; ') } });
  }
  const wanted: DeployRequest = { ...request.value, ...(policy.value && { provenance: policy.value }) };
  if (wanted.ignoreAlarms) {
    report.ignoreAlarms = true;
    report.warn('ALARMS ARE IGNORED (--ignore-alarms): this release goes in whichever of them fires');
  }
  const ports: Ports = {
    kubectl,
    releases: releases.value,
    clock,
    random,
    fetch: surroundings.fetch,
    alarms: cloudWatchAlarms(signal),
    ...(attestations.value && { attestations: attestations.value }),
    log,
    signal,
  };
  const parts = realParts({
    request: wanted,
    rollOut,
    lockPorts: { kubectl, lastKubectl, clock, random, log, signal },
    lockDuration: options.lockDuration,
    environment,
    report,
    keepDifference: (text) => write('diff.txt', text),
    evidence: evidenceTo(join(options.output, 'evidence')),
  });
  switch (command) {
    case 'deploy':
      return finish(await deploy(wanted, ports, parts, report));
    case 'accept':
      return finish(await accept(wanted, ports, parts, report));
    case 'restore':
      return finish(await restore(wanted, ports, parts, report));
    case 'preview':
      return finish(await preview(wanted, ports, parts, report, write));
  }

  function write(name: string, text: string): void {
    mkdirSync(options.output, { recursive: true });
    writeFileSync(join(options.output, name), text);
  }

  /** Beside the releases, since a build's own folder goes with it. A preview may write nowhere. */
  async function keep(): Promise<void> {
    if (!releases.ok || command === 'preview') return;
    const { service, environment } = options;
    const id = `${report.startedAt.toISOString().replace(/[-:.]/g, '')}-${command}`;
    const kept = await releases.value.keepReport(service, environment, id, reportFiles(options.output, KEPT));
    if (!kept.ok) log.info(`the report is not kept with the releases: ${kept.errors.join('; ')}`);
  }

  async function finish(ending: Ending): Promise<number> {
    const { service, environment, namespace, version = '' } = options;
    const digest = 'image' in options ? options.image.digest : '';
    const result = report.result(ending, { command, service, environment, namespace, version, digest }, kubectl);
    try {
      write('result.json', `${JSON.stringify(result, null, 2)}\n`);
      write(
        'junit.xml',
        junit(`${command} ${service} ${environment}`, checksOf(result), {
          outcome: lastLine(ending),
          warnings: result.warnings,
        }),
      );
      await keep();
    } catch (error) {
      // How the deploy ended is true whether or not it could be written down.
      log.info(`no report in ${options.output}: ${messageOf(error)}`);
    }
    log.info('');
    log.info(lastLine(ending));
    return EXIT_CODES[ending.outcome];
  }
}

/** Of the output folder: what a deploy writes, less the JUnit report, which says the same as the result. */
const KEPT = ['result.json', 'diff.txt', 'evidence'];

/** Makes the folder for reports, without those of an earlier deploy: found out before anything is changed. */
function prepared(output: string): Result<void, string> {
  try {
    mkdirSync(output, { recursive: true });
    accessSync(output, constants.W_OK);
    for (const name of KEPT) rmSync(join(output, name), { recursive: true, force: true });
    return { ok: true, value: undefined };
  } catch (error) {
    return { ok: false, errors: [`--output ${output}: expected a folder that can be written to: ${messageOf(error)}`] };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const evidenceTo =
  (folder: string): Parts['evidence'] =>
  ({ reason, pods }, expectations, { request: { namespace }, ports }) =>
    collectEvidence(
      { reason, pods, workloads: expectations.map(({ workload }) => workload), namespace, folder },
      ports,
    );

function requestOf(
  command: CommandName,
  options: CommonOptions | DeployOptions,
  defaultId: string,
): Result<DeployRequest, string> {
  const isRelease = 'image' in options;
  const manifests = isRelease ? sourceOf(options) : { ok: true as const, value: NO_MANIFESTS };
  if (!manifests.ok) return manifests;
  if ((isRelease || command === 'accept') && options.version === undefined)
    return { ok: false, errors: ['--version is missing: it says which release is meant'] };
  const { service, environment, namespace, version = '', strategy, requestedAt } = options;
  return {
    ok: true,
    value: {
      id: options.id ?? defaultId,
      requestedAt,
      service,
      environment,
      namespace,
      version,
      image: isRelease ? options.image : NO_IMAGE,
      manifests: manifests.value,
      strategy,
      limits: {
        rollout: options.rolloutTimeout,
        smoke: options.smokeTimeout,
        settle: options.settle,
        lock: options.lockTimeout,
        unreachable: options.unreachable,
      },
      smoke: {
        ...(options.smoke ? (options.url === undefined ? {} : { url: options.url }) : { url: false as const }),
        readyPath: options.readyPath,
        ...(options.versionPath === '' ? {} : { versionPath: options.versionPath }),
      },
      alarms: 'alarms' in options ? options.alarms : [],
      ignoreAlarms: 'ignoreAlarms' in options && options.ignoreAlarms,
      accept: 'accept' in options && options.accept,
    },
  };
}

/** For commands that bring up what the store holds. */
const NO_MANIFESTS: ManifestSource = { kind: 'plain', path: '' };
const NO_IMAGE: ImagePin = { name: '', repository: '', digest: '' };

const sourceOf = (options: DeployOptions): Result<ManifestSource, string> =>
  manifestSource(options.manifests, { values: options.helmValues, release: options.service });
