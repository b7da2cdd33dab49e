import type { Shell } from './shell';

/**
 * What the build's shell makes of some words (`"$A-$(date)"`), by name. The words' own output goes to the log; directory and
 * variables of the build stay as they are. A name is absent where its word could not be read.
 */
export async function evaluate(
  shell: Pick<Shell, 'run' | 'read' | 'keep'>,
  words: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const names = Object.keys(words);
  if (names.length === 0) return {};
  const putBack = shell.keep();
  try {
    await shell.run(names.map((name) => `${name}=${words[name]}`).join('\n'));
    return await shell.read(names);
  } finally {
    putBack();
  }
}
