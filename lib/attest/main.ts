import { Command, InvalidArgumentError } from 'commander';
import { attest } from './attest';
import { awsPorts } from './aws';
import { sayAttested, sayRefused } from './report';
import type { AttestRequest } from './request';

// Which Node runs it is the build image's choice.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

type Options = Omit<AttestRequest, 'bucket' | 'keyArn' | 'runner' | 'checks'> & {
  readonly check: readonly string[];
  readonly attestations: string;
  readonly key: string;
};

new Command('attest')
  .description('Signs how an image came about, when AWS says the same as whoever asks for it.')
  .requiredOption('--service <name>', 'name of the service')
  .requiredOption('--pipeline <name>', 'name of the pipeline')
  .requiredOption('--execution <id>', 'id of its execution')
  .requiredOption('--digest <digest>', 'digest of the image', digest)
  .requiredOption('--version <version>', 'version that the image is to get')
  .requiredOption('--repository <name>', 'ECR repository of the image')
  .requiredOption('--repository-uri <uri>', 'its URI')
  .requiredOption('--image-action <stage/action>', 'action that made the image')
  .requiredOption('--version-action <stage/action>', 'action that made the version')
  .requiredOption('--check <stage/action...>', 'actions that must have succeeded')
  .requiredOption('--bills <folder>', 'folder of image.cdx.json and package.cdx.json')
  .requiredOption('--attestations <location>', 'where attestations go: s3://bucket', bucket)
  .requiredOption('--key <arn>', 'ARN of the KMS key that signs')
  .action(async ({ attestations, key, check, ...options }: Options) => {
    // Whatever answers in the place of AWS is no builder that anybody else has a reason to trust.
    const isElsewhere = Object.keys(process.env).some((name) => name.startsWith('AWS_ENDPOINT_URL'));
    const request: AttestRequest = {
      ...options,
      bucket: attestations,
      keyArn: key,
      checks: check,
      runner: isElsewhere ? 'local' : 'codepipeline',
    };
    const attested = await attest(request, awsPorts(stop.signal));
    const lines = attested.ok ? sayAttested(attested.value, request) : sayRefused(attested.errors, request);
    for (const line of lines) console.log(line);
    process.exitCode = attested.ok ? 0 : 1;
  })
  .parseAsync();

function digest(text: string): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('expected sha256:<64 hex digits>.');
  return text;
}

/** Amazon S3 User Guide, "General purpose bucket naming rules". */
function bucket(text: string): string {
  const name = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/.exec(text)?.[1];
  if (name === undefined) throw new InvalidArgumentError('expected s3://bucket.');
  return name;
}
