import { readFileSync } from 'node:fs';
import { type Buildspec, parseBuildspec } from '../codebuild/buildspec';
import { buildspecFile, isObjectInS3 } from '../codebuild/buildspec-source';
import { shown } from './json';
import type { Node } from './node';

/**
 * Reads the buildspec that a project or an action holds, and reports what is wrong with it. One in S3 is an error. One that is
 * a file of the source runs, and is told among what a run here does differently: it is read when its build starts, and
 * whoever can push decides what the project's role runs. Undefined where it is such a file, or wrong.
 */
export function readBuildspec(node: Node, fallback?: string): Buildspec | undefined {
  const text = node.absent ? fallback : readBuildspecText(node);
  if (text === undefined) return undefined;
  if (isObjectInS3(text)) {
    node.fail(
      'The buildspec is an object in S3 that is no file asset of this assembly; inline it, or make it an asset.',
    );
    return undefined;
  }
  const file = buildspecFile(text);
  if (file !== undefined) {
    if (file.startsWith('/') || file.split('/').includes('..'))
      node.fail(`Expected a path in the source, from its root down, found ${shown(text)}.`);
    const reason = `It is the file ${file} of the source, read when the build starts: whoever can push decides what runs.`;
    node.findings.ignored.push({ path: node.path, property: 'AWS::CodeBuild::Project.Source.BuildSpec', reason });
    return undefined;
  }
  const buildspec = parseBuildspec(text);
  if (buildspec.ok) return buildspec.value;
  for (const { line, column, path, message } of buildspec.errors) {
    node.fail(`buildspec:${line}:${column}${path && ` ${path}`}: ${message}`);
  }
  return undefined;
}

/** What stands at a buildspec's place; of the ARN of a file asset, which the assembly holds, the file. */
export function readBuildspecText(node: Node): string | undefined {
  const text = node.text();
  const [, bucket, key] = /^arn:[^:]*:s3:::([^/]+)\/(.+)$/.exec(text?.trim() ?? '') ?? [];
  if (text === undefined || bucket === undefined) return text;
  const uploads = node.findings.evaluator.uploads(node.stack);
  const asset = uploads.find((upload) => upload.bucket === bucket && upload.key === key && upload.packaging === 'file');
  try {
    return asset ? readFileSync(asset.path, 'utf8') : text;
  } catch {
    return text;
  }
}
