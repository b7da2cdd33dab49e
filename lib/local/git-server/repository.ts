import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { type Git, gitIn } from '../source/git';

/** A bare repository that pushes go to. */
export interface Repository {
  /** `visits`, or `owner/name` behind a connection. */
  readonly name: string;
  readonly folder: string;
  readonly git: Git;
}

/** CodeCommit user guide, limits: references in a single push. */
export const MOST_REFS = 4000;

/** What a push may not do; git shows the user what it prints. */
const PRE_RECEIVE = `#!/bin/sh
count=0
bad=0
while read -r old new ref; do
  count=$((count + 1))
  case "$ref" in
    refs/heads/?* | refs/tags/?*) ;;
    *) echo "slipway: only branches and tags can be pushed, not $ref" >&2; bad=1 ;;
  esac
done
if [ "$count" -gt ${MOST_REFS} ]; then
  echo "slipway: $count references in one push; CodeCommit takes at most ${MOST_REFS}. Push in parts." >&2
  bad=1
fi
exit "$bad"
`;

/** For a bare repository that serves whoever holds its address, whatever the user has set for git. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['receive.autogc', 'false'],
  ['gc.auto', '0'],
  ['receive.denyNonFastForwards', 'false'],
  ['receive.fsckObjects', 'true'],
  ['receive.shallowUpdate', 'true'],
  ['uploadpack.hideRefs', 'refs/slipway'],
  ['uploadpack.allowFilter', 'true'],
  ['core.logAllRefUpdates', 'false'],
];

/** What a git repository may be named below our folder: no step up, nothing that a shell or a URL would read otherwise. */
const NAME = /^[\w.-]*\w[\w.-]*(\/[\w.-]*\w[\w.-]*)*$/;

/** Opens the bare repository `<folder>/<name>.git`; `fresh`: it was made just now, and is empty. */
export async function openRepository(options: {
  readonly folder: string;
  readonly name: string;
  /** The branch that HEAD names. */
  readonly defaultBranch: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}): Promise<Result<{ readonly repository: Repository; readonly fresh: boolean }, string>> {
  const { folder, name, defaultBranch, environment, signal } = options;
  if (!NAME.test(name))
    return err(`"${name}" is no name of a repository: expected letters, digits, ".", "_", "-" and "/"`);
  const path = join(folder, `${name}.git`);
  const at = (place: string): Git => gitIn(place, environment, signal, SERVER);
  const fresh = !existsSync(join(path, 'HEAD'));
  if (fresh) {
    await mkdir(dirname(path), { recursive: true });
    const draft = `${path}.new`;
    await rm(draft, { recursive: true, force: true });
    await rm(path, { recursive: true, force: true });
    const made = await at(dirname(path)).run(['init', '--quiet', '--bare', '--template=', draft]);
    if (!made.ok) return made;
    const git = at(draft);
    const head = await git.run(['symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`]);
    if (!head.ok) return head;
    for (const [key, value] of SETTINGS) {
      const set = await git.run(['config', key, value]);
      if (!set.ok) return set;
    }
    await mkdir(join(draft, 'hooks'));
    await writeFile(join(draft, 'hooks', 'pre-receive'), PRE_RECEIVE);
    await chmod(join(draft, 'hooks', 'pre-receive'), 0o755);
    await rename(draft, path);
  }
  return ok({ repository: { name, folder: path, git: at(path) }, fresh });
}

/** git's settings of the machine and the user do not hold here: a hook or a rule of theirs would change what a push does. */
const SERVER = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
};
