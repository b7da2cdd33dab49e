import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { isObject } from './json';
import { Findings, type Node } from './node';

/** Members of a template's pipeline that are members of the API's PipelineDeclaration too. */
const MEMBERS = ['RoleArn', 'ArtifactStore', 'Stages', 'PipelineType', 'Variables', 'Triggers'];
/** Their members are names of the user's, and their values texts. */
const TEXTS = ['Configuration'];
const NUMBERS = ['RunOrder', 'TimeoutInMinutes'];

/**
 * What GetPipeline tells of a pipeline (CodePipeline API reference, PipelineDeclaration): what the template says, evaluated, under the
 * API's names. What cannot be evaluated here is left out; whether that is an error, the plan's readers say.
 */
export function readDeclaration(properties: Node): Omit<PipelineDeclaration, 'name'> {
  const scratch = properties.apart(new Findings(properties.findings.evaluator));
  const members = MEMBERS.map((key) => [lower(key), apiValue(scratch.member(key).plain())] as const);
  const stores = scratch.member('ArtifactStores').plain();
  const byRegion = (Array.isArray(stores) ? stores : []).map(
    (each) => [String(each?.Region), apiValue(each?.ArtifactStore)] as const,
  );
  return {
    ...Object.fromEntries(members.filter(([, value]) => value !== undefined)),
    ...(byRegion.length > 0 && { artifactStores: Object.fromEntries(byRegion) }),
  } as Omit<PipelineDeclaration, 'name'>;
}

/** CloudFormation writes the API's names with a capital. */
function apiValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(apiValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (TEXTS.includes(key) && isObject(each)) return [lower(key), texts(each)];
      if (NUMBERS.includes(key) && typeof each !== 'object') return [lower(key), Number(each)];
      return [lower(key), typeof each === 'number' ? String(each) : apiValue(each)];
    }),
  );
}

const texts = (value: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, typeof each === 'object' ? JSON.stringify(each) : String(each)]),
  );

const lower = (key: string): string => key.charAt(0).toLowerCase() + key.slice(1);
