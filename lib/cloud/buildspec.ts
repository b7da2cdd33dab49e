import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../model/pipeline';

/** A line of a command that stands for a file of `buildspecs/lib`, e.g. `# include: checks.sh`. */
const INCLUDE = /^([ \t]*)# include: (\S+)[ \t]*$/gm;

/**
 * Text of `buildspecs/<job>.yml` as it goes into the template: complete, with what it includes in it, since a build sees nothing
 * of this repository. Shell functions do not outlive a command, so each command that calls one includes it.
 * `projectRoot`: Slipway's own folder. Throws if a file is missing: the job names and the includes are this repository's own.
 */
export const renderBuildspec = (job: Job, projectRoot: string): string => {
  const folder = join(projectRoot, 'buildspecs');
  return expandIncludes(readFileSync(join(folder, `${job}.yml`), 'utf8'), (name) =>
    readFileSync(join(folder, 'lib', name), 'utf8'),
  );
};

/** Puts the file's lines in the place of each include line, at its indentation. Included files include nothing themselves. */
export const expandIncludes = (text: string, read: (name: string) => string): string =>
  text.replace(INCLUDE, (_line, indentation: string, name: string) =>
    read(name)
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : indentation + line))
      .join('\n'),
  );
