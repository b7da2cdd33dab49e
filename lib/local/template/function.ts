import { statSync } from 'node:fs';
import { resolve } from 'node:path';
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

/** Folder of the code: from the resource's asset metadata, else by the S3 key that it would be uploaded to. */
function readCode({ stack, node, properties }: Resource): string {
  const code = properties.member('Code');
  const metadata = node.member('Metadata').member('aws:asset:path').text();
  const key = code.member('S3Key').text();
  const asset = node.findings.evaluator.assembly.assets.find((candidate) => candidate.key === key);
  const path = metadata === undefined ? asset?.path : resolve(stack.directory, metadata);
  if (path === undefined) {
    const found = code.member('ZipFile').absent ? 'is no asset of this assembly' : 'is inline';
    code.fail(`The code ${found}; a function here needs a folder asset (Metadata["aws:asset:path"]).`);
  } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    code.fail(`The code's folder ${metadata ?? path} is not in the assembly; synthesize again.`);
  }
  return path ?? '';
}
