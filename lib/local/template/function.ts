import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { LambdaFunction } from '../plan';
import type { Resource } from './find-resource';
import { KEYS } from './keys';
import type { Node } from './node';

/** Default and range of a function's timeout, in seconds. Source: Lambda API, CreateFunction. */
const FUNCTION_SECONDS = { fallback: 3, least: 1, most: 900 };

/** Stands for a function that was not found, which is reported. */
export const NO_FUNCTION: LambdaFunction = {
  name: '',
  logicalId: '',
  arn: '',
  handler: '',
  runtime: '',
  code: '',
  environment: {},
  timeoutSeconds: FUNCTION_SECONDS.fallback,
  roleArn: '',
};

/** Reads an AWS::Lambda::Function whose code is a folder of the assembly. */
export function readFunction(resource: Resource): LambdaFunction {
  const properties = resource.properties.object(KEYS.function);
  const handler = properties.member('Handler').requiredText();
  if (handler !== '' && !/^[^.\s]+(\/[^.\s]+)*\.[A-Za-z_$][\w$]*$/.test(handler)) {
    properties.member('Handler').fail(`Expected a handler such as index.handler, found "${handler}".`);
  }
  const runtime = properties.member('Runtime').requiredText();
  if (runtime !== '' && !/^nodejs\d+\.x$/.test(runtime)) {
    properties.member('Runtime').fail(`The runtime ${runtime} does not run here; only Node functions (nodejs…x) do.`);
  }
  const { fallback, least, most } = FUNCTION_SECONDS;
  return {
    name: resource.ref,
    logicalId: resource.logicalId,
    arn: resource.arn,
    handler,
    runtime,
    code: readCode(resource),
    environment: readVariables(properties.member('Environment')),
    timeoutSeconds: properties.member('Timeout').integer(least, most) ?? fallback,
    roleArn: properties.member('Role').requiredText(),
  };
}

function readVariables(environment: Node): Record<string, string> {
  const variables = environment.object(KEYS.functionEnvironment).member('Variables').entries();
  return Object.fromEntries(variables.map(([name, node]) => [name, node.text() ?? '']));
}

/** Folder of the code: the asset that `cdk deploy` would upload to the S3 object that the function names. */
function readCode({ stack, node, properties }: Resource): string {
  const code = properties.member('Code').required().object(KEYS.code);
  if (!code.member('ZipFile').absent || !code.member('ImageUri').absent) return '';
  const bucket = code.member('S3Bucket').requiredText();
  const key = code.member('S3Key').requiredText();
  if (bucket === '' || key === '') return '';
  const { evaluator } = node.findings;
  const asset = evaluator.uploads(stack).find((upload) => upload.bucket === bucket && upload.key === key);
  if (asset === undefined) {
    code.fail(`s3://${bucket}/${key} is no asset of this assembly, so its code is not here; use a folder asset.`);
  } else if (!statSync(asset.path, { throwIfNoEntry: false })?.isDirectory()) {
    code.fail(
      `The code's folder ${relative(evaluator.assembly.directory, asset.path)} is not there; synthesize again.`,
    );
  }
  return asset?.path ?? '';
}
