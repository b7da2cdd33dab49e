import { err, ok, type Result } from '../../result';
import type { Refs } from '../events/journal';
import { readRefs } from './refs';
import type { Repository } from './repository';

/**
 * Brings the history of the user's repository into a new one: all objects of its branches and tags, and those of them as
 * branches and tags of which `isSeeded` says so. The user's repository is only read. Gives the refs that there are then.
 */
export async function seed(
  repository: Repository,
  from: string,
  isSeeded: (ref: string) => boolean,
): Promise<Result<Refs, string>> {
  const { git } = repository;
  const top = await git.run(['-C', from, 'rev-parse', '--show-toplevel']);
  if (!top.ok) return top;
  const specs = ['+HEAD:refs/slipway/HEAD', '+refs/heads/*:refs/slipway/heads/*', '+refs/tags/*:refs/slipway/tags/*'];
  const fetched = await git.run([
    'fetch',
    '--quiet',
    '--no-tags',
    '--update-shallow',
    '--no-write-fetch-head',
    top.value.trim(),
    ...specs,
  ]);
  if (!fetched.ok) return err(`the history of ${from} could not be copied: ${fetched.errors.join('; ')}`);
  const listed = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/slipway']);
  if (!listed.ok) return listed;
  for (const line of listed.value.split('\n')) {
    const [, object = '', ref = ''] = /^(\S+) refs\/slipway\/((?:heads|tags)\/.+)$/s.exec(line) ?? [];
    if (ref === '' || !isSeeded(`refs/${ref}`)) continue;
    const made = await git.run(['update-ref', `refs/${ref}`, object]);
    if (!made.ok) return made;
  }
  const refs = await readRefs(git);
  return refs.ok ? ok(refs.value) : refs;
}
