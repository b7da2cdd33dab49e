import { runCommand } from '../../lib/local/tools/command';
import { installedPython } from '../deploy-proof/installation';
import type { Finding, Gate } from './finding';

/** A dependency that a reference makes already: CDK writes both, it changes nothing. */
const IGNORED = 'W3005';

interface Match {
  readonly Filename: string;
  readonly Location: { readonly Path: readonly (string | number)[] | null };
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** cfn-lint of the deploy proof, errors and warnings; needs its Python (test/deploy-proof/where.ts). */
export const cfnLint: Gate = async (templates) => {
  const signal = new AbortController().signal;
  const python = await installedPython(signal);
  // The installed script names a Python that has been moved.
  const lint = ['-c', 'from cfnlint.runner import main; main()', '--format', 'json', '-i', IGNORED, '-t', ...templates];
  const done = await runCommand(python, lint, {
    environment: { PATH: process.env['PATH'] },
    signal,
    timeout: 10 * 60_000,
  });
  // Exit codes are bits: 2 errors, 4 warnings, 8 informational; 1 that it failed itself.
  if (done.code === undefined || (done.code & 1) === 1) throw new Error(`cfn-lint failed:\n${done.said}`);
  const matches = done.stdout.trim() === '' ? [] : (JSON.parse(done.stdout) as Match[]);
  return matches.map(
    ({ Filename, Location, Message, Rule }): Finding => ({
      rule: Rule.Id,
      template: Filename,
      resource: Location.Path?.[0] === 'Resources' ? String(Location.Path[1]) : '',
      message: Message,
    }),
  );
};
