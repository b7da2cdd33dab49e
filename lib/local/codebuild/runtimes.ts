import { evaluate } from './evaluate';
import type { Shell } from './shell';

/** What tells a language's version, by its name in `runtime-versions` (CodeBuild user guide, available-runtimes). */
const PROBES: Readonly<Record<string, string>> = {
  python: 'python3 --version',
  nodejs: 'node --version',
  java: 'java -version',
  golang: 'go version',
  ruby: 'ruby --version',
  php: 'php --version',
  dotnet: 'dotnet --version',
  docker: 'docker --version',
  android: 'sdkmanager --version',
};

/**
 * What was asked for in `runtime-versions` against what is there. A build here takes what it finds: nothing is installed, so
 * a difference is told and fails nothing.
 */
export async function runtimeNotes(
  asked: Readonly<Record<string, string>>,
  shell: Pick<Shell, 'run' | 'read' | 'keep'>,
): Promise<string[]> {
  const languages = Object.keys(asked);
  const known = languages.filter((language) => Object.hasOwn(PROBES, language));
  const words = Object.fromEntries(known.map((name) => [`slipway_${name}`, `"$(${probeOf(PROBES[name] ?? '')})"`]));
  const said = await evaluate(shell, words);
  return languages.map((language) => {
    const wanted = asked[language] ?? '';
    if (!known.includes(language)) return `runtime-versions: ${language} ${wanted} is not known to CodeBuild`;
    const found = versionIn(said[`slipway_${language}`] ?? '');
    if (found === undefined) return `runtime-versions: ${language} ${wanted} was asked for; there is none here`;
    const verdict = satisfies(found, wanted)
      ? 'as asked for'
      : `${wanted} was asked for, and nothing is installed here`;
    return `runtime-versions: ${language} is ${found} (${verdict})`;
  });
}

/** Says nothing where there is no such program. */
const probeOf = (probe: string): string => `command -v ${probe.split(' ')[0]} > /dev/null 2>&1 && ${probe} 2>&1`;

const versionIn = (text: string): string | undefined => /(?<![\w.])v?(?:go)?(\d+(?:\.\d+)*)/.exec(text)?.[1];

/** `3.12` names all of 3.12.x, `3.x` all of 3, `latest` any; Java's `corretto21` is 21. */
export function satisfies(found: string, wanted: string): boolean {
  if (wanted === 'latest') return true;
  const parts = wanted
    .replace(/^\D+/, '')
    .split('.')
    .filter((part) => part !== 'x');
  const has = found.split('.');
  return parts.every((part, index) => has[index] === part);
}
