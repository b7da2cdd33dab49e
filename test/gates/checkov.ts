import { runCommand } from '../../lib/local/tools/command';
import { pythonOf } from '../deploy-proof/installation';
import type { Gate } from './finding';

interface Report {
  readonly results?: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly file_abs_path: string;
      /** `AWS::S3::Bucket.Releases` */
      readonly resource: string;
    }[];
    readonly parsing_errors?: readonly string[];
  };
}

/** checkov's rules for CloudFormation; needs a Python (test/deploy-proof/where.ts), and no network once that is installed. */
export const checkov: Gate = async (templates) => {
  const signal = new AbortController().signal;
  const python = await pythonOf(__dirname, 'gates', signal);
  const done = await runCommand(
    python,
    [
      // The installed script names a Python that has been moved.
      ...['-c', 'import sys; from checkov.main import Checkov; sys.exit(Checkov(sys.argv[1:]).run())'],
      ...['--framework', 'cloudformation', '--output', 'json', '--compact', '--quiet', '--soft-fail'],
      ...['--skip-download', '--skip-results-upload', '--file', ...templates],
    ],
    { environment: { PATH: process.env['PATH'], LOG_LEVEL: 'ERROR' }, signal, timeout: 10 * 60_000 },
  );
  if (done.code !== 0) throw new Error(`checkov failed:\n${done.said}`);
  const { results } = JSON.parse(done.stdout) as Report;
  if (results?.parsing_errors?.length) throw new Error(`checkov cannot read ${results.parsing_errors.join(', ')}`);
  return (results?.failed_checks ?? []).map(
    ({ check_id: rule, check_name: message, file_abs_path: template, resource }) => ({
      rule,
      template,
      resource: resource.split('.').at(-1) ?? '',
      message,
    }),
  );
};
