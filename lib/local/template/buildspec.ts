import { type Buildspec, parseBuildspec } from '../codebuild/buildspec';
import { shown } from './json';
import type { Node } from './node';

/**
 * Reads the buildspec that a project holds, and reports what is wrong with it. One that does not stand in the project, a file
 * name or an S3 object, is an error: whoever can push would choose what the project's role runs. Undefined where it is wrong.
 */
export function readBuildspec(node: Node): Buildspec | undefined {
  const text = node.text();
  if (text === undefined) return undefined;
  if (/^(arn:|s3:)\S*$/.test(text)) {
    node.fail('The buildspec is an object in S3, which a run here cannot read; inline it.');
    return undefined;
  }
  if (/^\S+$/.test(text) && !text.startsWith('{')) {
    node.fail(
      `Is the name of a file (${shown(text)}), so the repository that is built would choose what runs; inline it.`,
    );
    return undefined;
  }
  const buildspec = parseBuildspec(text);
  if (buildspec.ok) return buildspec.value;
  for (const { line, column, path, message } of buildspec.errors) {
    node.fail(`buildspec:${line}:${column}${path && ` ${path}`}: ${message}`);
  }
  return undefined;
}
