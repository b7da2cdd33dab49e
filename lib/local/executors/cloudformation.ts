import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { Clock } from '../clock';
import { checkTemplate, missingCapabilities } from '../cloudformation/check';
import { valuesOf } from '../cloudformation/outputs';
import { type ArtifactSource, parameterOverrides } from '../cloudformation/overrides';
import { shownParameters, withParameters } from '../cloudformation/parameters';
import { parseTemplate } from '../cloudformation/parse';
import {
  type Change,
  changesBetween,
  NOTE,
  recordedResource,
  type StackContent,
  type StackRecords,
} from '../cloudformation/stack-record';
import { extractZip } from '../codebuild/unzip';
import { writeZip } from '../codebuild/zip';
import type { ActionContext, Executor, Outcome } from '../executor';
import type { Bindings, CloudFormationAction } from '../plan';
import { isObject, type JsonObject } from '../template/json';
import type { ArtifactObjects } from './artifact-objects';

export interface CloudFormationOptions extends Bindings {
  readonly records: StackRecords;
  readonly artifacts: ArtifactObjects;
  readonly clock: Clock;
}

/**
 * Deploy/AWS/CloudFormation on a machine that has none: the template, its configuration, parameters and capabilities are read and
 * checked as CloudFormation would before it makes anything, the difference to what was recorded last is shown, and the result is
 * recorded. No resource is made, which output, facts and record say. Outputs that follow from parameters become variables.
 */
export const cloudFormationExecutor = (options: CloudFormationOptions): Executor<CloudFormationAction> => ({
  async execute(action, context, emit) {
    const say = (line: string): void => emit({ kind: 'output', stream: 'stdout', text: line });
    say(NOTE);
    emit({ kind: 'fact', name: 'NOT RUN', value: `CloudFormation stack ${action.stackName}: recorded, not deployed` });
    const done = await perform(options, action, context, say);
    if (!done.ok) return { status: 'Failed', reason: done.errors.join('\n') };
    const { content } = done.value;
    if (content === undefined) return { status: 'Succeeded', variables: {}, artifacts: {} };
    if (content.transforms.length > 0)
      say(
        `Transforms are not expanded here: ${content.transforms.join(', ')}; what they make is not among the resources`,
      );
    if (content.unknownOutputs.length > 0)
      say(`Outputs without a value, as their resources do not exist: ${content.unknownOutputs.join(', ')}`);
    say(`Recorded in ${options.records.path(action.stackName)}`);
    return succeeded(action, context, content);
  },
});

/** Gives what the stack holds afterwards; undefined where it has gone, or nothing was executed. */
async function perform(
  options: CloudFormationOptions,
  action: CloudFormationAction,
  context: ActionContext,
  say: (line: string) => void,
): Promise<Result<{ readonly content: StackContent | undefined }, string>> {
  const { records, clock } = options;
  const { stackName, mode, changeSetName = '' } = action;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName)) return err(`"${stackName}" is no name of a stack`);
  const record = await records.read(stackName);
  const deploy = async (content: StackContent): Promise<void> => {
    tell(changesBetween(record?.deployed, content), say);
    await records.update(stackName, (known) => {
      const { [changeSetName]: _, ...others } = known.changeSets;
      const updated = clock.now().toISOString();
      const executed = mode === 'CHANGE_SET_EXECUTE' && { executed: changeSetName };
      const { executed: __, ...rest } = known;
      return { ...rest, updated, execution: context.execution, deployed: content, ...executed, changeSets: others };
    });
  };
  if (mode === 'DELETE_ONLY') {
    tell(changesBetween(record?.deployed, undefined), say);
    await records.update(stackName, () => undefined);
    return ok({ content: undefined });
  }
  if (mode === 'CHANGE_SET_EXECUTE') {
    const content = record?.changeSets[changeSetName];
    // An action that was interrupted right after it had recorded is run again, and finds its own work.
    const isDone = record?.executed === changeSetName && record.execution === context.execution;
    if (content === undefined && isDone) return ok({ content: record.deployed });
    if (content === undefined)
      return err(`ChangeSetNotFoundException: ChangeSet [${changeSetName}] of stack ${stackName} does not exist`);
    await deploy(content);
    return ok({ content });
  }
  const content = await contentOf(options, action, context);
  if (!content.ok) return content;
  if (mode !== 'CHANGE_SET_REPLACE') {
    await deploy(content.value);
    return ok({ content: content.value });
  }
  tell(changesBetween(record?.deployed, content.value), say);
  await records.update(stackName, (known) => ({
    ...known,
    changeSets: { ...known.changeSets, [changeSetName]: content.value },
  }));
  return ok({ content: undefined });
}

/** What the action would deploy: everything that is wrong with it at once, as far as it can be read. */
async function contentOf(
  options: CloudFormationOptions,
  action: CloudFormationAction,
  context: ActionContext,
): Promise<Result<StackContent, string>> {
  const source = artifactSource(options, context);
  const { templatePath, templateConfiguration, capabilities } = action;
  const text = templatePath
    ? await source.file(templatePath.artifact, templatePath.file)
    : err('TemplatePath is missing');
  if (!text.ok) return text;
  const at = `${templatePath?.artifact}::${templatePath?.file}`;
  const template = parseTemplate(text.value);
  if (!template.ok) return err(...template.errors.map((error) => `${at} ${error}`));
  const configured = templateConfiguration
    ? configuration(await source.file(templateConfiguration.artifact, templateConfiguration.file))
    : ok({});
  const overridden =
    action.parameterOverrides === undefined
      ? ok({})
      : await parameterOverrides(action.parameterOverrides, options.region, source);
  const problems = checkTemplate(template.value).map((problem) => `${at} ${problem}`);
  const missing = missingCapabilities(template.value, capabilities, action.mode === 'CHANGE_SET_REPLACE');
  if (missing.length > 0)
    problems.push(`InsufficientCapabilitiesException: Requires capabilities : [${missing.join(', ')}]`);
  if (!configured.ok) problems.push(...configured.errors);
  if (!overridden.ok) problems.push(...overridden.errors);
  const given = { ...(configured.ok && configured.value), ...(overridden.ok && overridden.value) };
  const complete = withParameters(template.value, given);
  if (!complete.ok && configured.ok && overridden.ok) problems.push(...complete.errors);
  if (problems.length > 0 || !complete.ok) return err(...problems);
  const { outputs, unknown, resources } = valuesOf(complete.value, action.stackName, options);
  return ok({
    parameters: shownParameters(complete.value),
    outputs,
    unknownOutputs: unknown,
    capabilities,
    transforms: transformsOf(complete.value),
    resources: Object.fromEntries(
      Object.entries(resources).map(([logicalId, resource]) => [logicalId, recordedResource(resource)]),
    ),
  });
}

const transformsOf = ({ Transform: transform }: JsonObject): string[] =>
  transform === undefined
    ? []
    : [transform].flat().map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));

const CONFIGURATION = ['Parameters', 'Tags', 'StackPolicy'];

/** Parameters of a template configuration file (CloudFormation user guide, continuous-delivery-codepipeline-cfn-artifacts). */
function configuration(text: Result<string, string>): Result<Record<string, string>, string> {
  if (!text.ok) return text;
  let content: unknown;
  try {
    content = JSON.parse(text.value);
  } catch (error) {
    return err(`TemplateConfiguration is no JSON: ${(error as Error).message}`);
  }
  if (!isObject(content)) return err('TemplateConfiguration: expected a JSON object');
  const unknown = Object.keys(content).filter((key) => !CONFIGURATION.includes(key));
  const parameters = content['Parameters'] ?? {};
  const problems = unknown.map((key) => `TemplateConfiguration.${key}: expected ${CONFIGURATION.join(', ')}`);
  const isTexts = isObject(parameters) && Object.values(parameters).every((value) => typeof value === 'string');
  if (!isTexts) problems.push('TemplateConfiguration.Parameters: expected an object of strings');
  return problems.length > 0 ? err(...problems) : ok(parameters as Record<string, string>);
}

/** Files of the input artifacts, each of which is extracted once. */
function artifactSource({ artifacts }: CloudFormationOptions, context: ActionContext): ArtifactSource {
  const extracted = new Map<string, Promise<Result<string, string>>>();
  const folderOf = (artifact: string, zip: string): Promise<Result<string, string>> => {
    const extraction = extracted.get(artifact) ?? extract(zip, join(context.workspace, 'inputs', artifact));
    extracted.set(artifact, extraction);
    return extraction;
  };
  const missing = (artifact: string) =>
    err(`${artifact} is no input artifact of this action (${Object.keys(context.inputs).join(', ') || 'it has none'})`);
  return {
    async file(artifact, path) {
      const zip = context.inputs[artifact];
      if (zip === undefined) return missing(artifact);
      const folder = await folderOf(artifact, zip);
      if (!folder.ok) return folder;
      const relative = normalize(path);
      if (relative.startsWith('..') || relative.startsWith('/')) return err(`${path} is no path inside of ${artifact}`);
      const file = join(folder.value, relative);
      const isFile = (await stat(file).catch(() => undefined))?.isFile();
      return isFile ? ok(await readFile(file, 'utf8')) : err(`the artifact ${artifact} has no file ${path}`);
    },
    async location(artifact) {
      const zip = context.inputs[artifact];
      return zip === undefined ? missing(artifact) : artifacts.put(context.pipeline, artifact, zip);
    },
  };
}

async function extract(zip: string, folder: string): Promise<Result<string, string>> {
  await mkdir(folder, { recursive: true });
  const extracted = await extractZip(zip, folder);
  return extracted.ok ? ok(folder) : extracted;
}

function tell(changes: readonly Change[], say: (line: string) => void): void {
  if (changes.length === 0) say('No difference to what was recorded last.');
  for (const { action, logicalId, type, properties } of changes)
    say(`${action} ${logicalId} (${type})${properties.length > 0 ? `: ${properties.join(', ')}` : ''}`);
}

/** The output artifact holds the outputs that have a value, and no other; without OutputFileName it is empty. */
async function succeeded(
  { outputs, outputFileName }: CloudFormationAction,
  { workspace }: ActionContext,
  content: StackContent,
): Promise<Outcome> {
  const artifacts: Record<string, string> = {};
  const [output] = outputs;
  if (output !== undefined) {
    const path = join(workspace, 'outputs.json');
    await writeFile(path, JSON.stringify(content.outputs, null, 2));
    const zip = join(workspace, `${output}.zip`);
    await writeZip(zip, outputFileName === undefined ? [] : [{ name: outputFileName, path }], { links: false });
    artifacts[output] = zip;
  }
  return { status: 'Succeeded', variables: content.outputs, artifacts };
}
