import { spawn } from 'node:child_process';
import { identify } from '../../lib/local/process-identity';
import { type PausedBuild, readPaused, releasePaused } from '../../lib/local/rooms/paused';
import { shellOnAws } from '../../lib/ops/debug-session';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { operate, orFail, type PlaceOptions, pipelineOf, projectState } from '../operations';

interface ShellOptions extends PlaceOptions {
  readonly pipeline?: string;
  readonly done?: boolean;
  readonly list?: boolean;
}

/**
 * Opens a shell inside a build that `run --pause-on-failure` holds, with its folder, its environment and its container. Leaving it
 * changes nothing: the build stays held until --done, or an answer to the question of the run.
 */
export async function shell(wanted: string | undefined, options: ShellOptions): Promise<void> {
  if (options.aws || options.profile !== undefined || options.region !== undefined) return onAws(wanted, options);
  const state = projectState(options);
  const held = (state === undefined ? [] : readPaused(state)).filter(({ pid }) => identify(pid) !== undefined);
  if (options.list) {
    for (const each of held) process.stdout.write(`${nameOf(each)}  ${each.build}  ${words(each)}\n`);
    return;
  }
  const build = choose(held, wanted);
  if (options.done) {
    releasePaused(state ?? '', build);
    process.stdout.write(`${nameOf(build)} goes on\n`);
    return;
  }
  await enter(build);
  process.stderr.write(
    `${nameOf(build)} is still held: \`slipway shell --done\` lets it go on, as does an answer to the run\n`,
  );
}

function choose(held: readonly PausedBuild[], wanted: string | undefined): PausedBuild {
  const fits = held.filter((each) => wanted === undefined || [each.build, nameOf(each), each.action].includes(wanted));
  const [only] = fits;
  if (only && fits.length === 1) return only;
  const list = (fits.length > 0 ? fits : held)
    .map((each) => `  ${nameOf(each)}  ${each.build}  ${words(each)}`)
    .join('\n');
  if (held.length === 0)
    throw new Failure(
      'no build is held: `slipway run --pause-on-failure` holds one whose command fails; for a build on AWS: slipway shell --aws',
      exitCode['the operation is refused, or its service cannot be reached'],
    );
  throw new Failure(
    `${fits.length > 0 ? 'several builds are held; name one' : `no build of ${wanted} is held; these are`}:\n${list}`,
    exitCode['usage, configuration or template is wrong'],
  );
}

/** The user's terminal is the shell's; Ctrl-C is for what runs in it. */
async function enter({ shell: [program = '/bin/sh', ...args], ...build }: PausedBuild): Promise<void> {
  process.stderr.write(`${nameOf(build)}, ${words(build)}\n`);
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program, args, { stdio: 'inherit' });
      child.once('error', reject);
      child.once('close', () => resolve());
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

const nameOf = ({ stage, action }: Pick<PausedBuild, 'stage' | 'action'>): string => `${stage}/${action}`;

const words = ({ phase, reason, command }: Pick<PausedBuild, 'phase' | 'reason' | 'command'>): string =>
  `${phase ? `${phase}: ` : ''}${command.trim().split('\n')[0]?.replace(/^#\s*/, '')} (${reason})`;

async function onAws(wanted: string | undefined, options: ShellOptions): Promise<void> {
  await operate(options, async (operations) => {
    const pipeline = await pipelineOf(operations, options.pipeline);
    const advice = orFail(await shellOnAws(operations.aws, pipeline, wanted));
    if (!advice.startsWith('aws ')) {
      process.stderr.write(`${advice}\n`);
      return exitCode['the operation is refused, or its service cannot be reached'];
    }
    process.stdout.write(`${advice}\n`);
    return exitCode['all done'];
  });
}
