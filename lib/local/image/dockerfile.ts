import { DockerfileParser, type From, type Instruction } from 'dockerfile-ast';
import { err, ok, type Result } from '../../result';
import { evaluateStage, type Stage, type StageImage } from './dockerfile-stage';
import { argumentsOf, lineOf } from './dockerfile-words';

export interface DockerfileOptions {
  /** Name of the file in messages. */
  readonly file: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Stage to build; the last one if absent. */
  readonly target?: string;
  /** `linux/amd64`. */
  readonly platform: string;
}

/** What a Dockerfile makes of its context, as far as a process image can hold it. */
export interface DockerfileImage extends StageImage {
  /** Build arguments that no ARG asked for. */
  readonly unusedArguments: readonly string[];
}

/** Build arguments that every build knows (Dockerfile reference, "Predefined ARGs"). */
const PREDEFINED = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']);

/** Reads the stage to build, with the stages that it is based on. Errors are `<file>:<line>: <what, and what to do>`. */
export function readDockerfile(text: string, options: DockerfileOptions): Result<DockerfileImage, string> {
  const dockerfile = DockerfileParser.parse(text);
  const escapeChar = dockerfile.getEscapeCharacter();
  const stages: Stage[] = [];
  const globals: Instruction[] = [];
  const errors: string[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [image, as, name] = argumentsOf(instruction, escapeChar).split(/\s+/);
      const flag = (instruction as From).getFlags().find((each) => each.getName() !== 'platform');
      if (image === undefined || (as !== undefined && (as.toUpperCase() !== 'AS' || name === undefined)))
        errors.push(`${options.file}:${lineOf(instruction)}: expected FROM <image> [AS <name>]`);
      if (flag)
        errors.push(`${options.file}:${lineOf(instruction)}: FROM --${flag.getName()}: only --platform is known`);
      stages.push({ image: image ?? '', name: name?.toLowerCase(), line: lineOf(instruction), instructions: [] });
    } else if (stages.length > 0) stages.at(-1)?.instructions.push(instruction);
    else if (instruction.getKeyword() === 'ARG') globals.push(instruction);
    else errors.push(`${options.file}:${lineOf(instruction)}: only ARG may stand before the first FROM`);
  }
  if (stages.length === 0 && errors.length === 0) errors.push(`${options.file}:1: expected a FROM instruction`);
  const target = options.target?.toLowerCase();
  const stage = target === undefined ? stages.at(-1) : stages.find((each) => each.name === target);
  if (!stage && stages.length > 0)
    errors.push(
      `${options.file}: no stage is named "${options.target}": expected one of ${
        stages.flatMap((each) => each.name ?? []).join(', ') || 'none, since no FROM says AS <name>'
      }`,
    );
  if (errors.length > 0 || !stage) return err(...errors);
  const image = evaluateStage(stage, { stages, globals, escapeChar, ...options });
  if (!image.ok) return image;
  const declared = new Set(
    dockerfile
      .getInstructions()
      .filter((each) => each.getKeyword() === 'ARG')
      .flatMap((each) => argumentsOf(each, escapeChar).split(/\s+/))
      .map((word) => word.split('=')[0]),
  );
  return ok({
    ...image.value,
    unusedArguments: Object.keys(options.buildArguments).filter(
      (name) => !declared.has(name) && !PREDEFINED.has(name.toUpperCase()),
    ),
  });
}
