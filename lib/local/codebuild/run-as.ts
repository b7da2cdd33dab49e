import { userInfo } from 'node:os';
import type { Buildspec } from './buildspec';
import { quote, type ShellName } from './shell';

/** Who the commands of a build run as when the buildspec says nothing. In CodeBuild's images: root. */
export const machineUser = (): string => userInfo().username;

/**
 * Says why the buildspec's `run-as` cannot be had, if that is so: only root can become another user. `root` is CodeBuild's
 * own default, for which the user stands who started Slipway.
 */
export function runAsProblem({ runAs, phases }: Pick<Buildspec, 'runAs' | 'phases'>, own: string): string | undefined {
  const wanted = [runAs, ...Object.values(phases).map((phase) => phase.runAs)];
  const other = wanted.find((user) => user !== undefined && user !== own && user !== 'root');
  if (other === undefined || own === 'root') return undefined;
  return `run-as: ${other} is not possible: the build runs as ${own}, who cannot become another user; start Slipway as root, or run builds in containers (--executor docker)`;
}

/** The user that a phase needs to be switched to; undefined: none. */
export const userOf = (runAs: string | undefined, own: string): string | undefined =>
  runAs === undefined || runAs === own || runAs === 'root' ? undefined : runAs;

/**
 * The command as another user, for a shell that runs as root: what it leaves of directory and variables comes back. The user
 * gets read and run permissions for the source (CodeBuild user guide, build-spec-ref, run-as).
 */
export function asUser(command: string, user: string, shell: ShellName): string {
  const inner = [
    'cd -- "$PWD" 2> /dev/null || { echo "$slipway_user may not enter $PWD" >&2; exit 126; }',
    // The build's own is root's alone.
    'set -a; TMPDIR=$slipway_as/tmp; mkdir "$TMPDIR"',
    command,
    'CODEBUILD_LAST_EXIT=$?; TMPDIR=$slipway_tmp',
    'umask 077; export -p > "$slipway_as/env"; pwd > "$slipway_as/dir"',
    'exit $CODEBUILD_LAST_EXIT',
  ].join('\n');
  const name = quote(user);
  return [
    `slipway_user=${name} slipway_tmp=$TMPDIR; id -u ${name} > /dev/null 2>&1 || { echo "run-as: there is no user ${user} here" >&2; exit 1; }`,
    // Beside the build's own, so that it goes with it (see removeTemporaryFolder).
    'slipway_as=$(mktemp -d "${TMPDIR:-/tmp/slipway}.XXXXXX") || exit 1',
    `chown ${name} "$slipway_as"; chmod -R a+rX "$CODEBUILD_SRC_DIR"`,
    'if command -v runuser > /dev/null 2>&1',
    `then runuser -u ${name} -- ${shell} -c ${quote(inner)}`,
    `else su -m -s "$(command -v ${shell})" ${name} -c ${quote(inner)}; fi`,
    'set -- "$?"',
    'if [ -f "$slipway_as/dir" ]; then . "$slipway_as/env"; cd -- "$(cat "$slipway_as/dir")"; fi',
    'rm -rf "$slipway_as"; unset slipway_as slipway_user slipway_tmp',
    '(exit "$1")',
  ].join('\n');
}
