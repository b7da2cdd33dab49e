import { posix } from 'node:path';
import type { Copy as CopyInstruction, Instruction } from 'dockerfile-ast';
import { err, ok, type Result } from '../../result';
import { argumentsOf, execForm, expand, lineOf, splitWords } from './dockerfile-words';
import type { RuntimeConfig } from './manifest';

/** One FROM and what follows it. */
export interface Stage {
  readonly image: string;
  readonly name?: string;
  readonly line: number;
  readonly instructions: Instruction[];
}

/** A COPY (or ADD) of files of the context. */
export interface CopyStep {
  readonly line: number;
  /** As written, expanded: paths or patterns below the context. */
  readonly sources: readonly string[];
  /** Absolute in the image; ends in `/` where the instruction said so. */
  readonly destination: string;
  /** Permission bits from --chmod. */
  readonly mode?: number;
}

/** A line that a process image cannot honour, and what takes its place. */
interface Note {
  readonly line: number;
  readonly message: string;
}

export interface StageImage {
  readonly config: RuntimeConfig;
  /** COPY, and WORKDIR as a copy of nothing, which makes its folder. */
  readonly copies: readonly CopyStep[];
  /** Lines whose work `prepare` has to do: RUN, COPY --from. */
  readonly prepared: readonly Note[];
  readonly notes: readonly Note[];
}

export interface StageContext {
  readonly file: string;
  readonly stages: readonly Stage[];
  /** The ARGs before the first FROM. */
  readonly globals: readonly Instruction[];
  readonly escapeChar: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly platform: string;
}

/** What the official images of Linux distributions say; the base image itself is not read. */
const BASE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The image's state while its instructions are read. */
class Builder {
  readonly errors: string[] = [];
  readonly copies: CopyStep[] = [];
  readonly prepared: Note[] = [];
  readonly notes: Note[] = [];
  readonly env = new Map<string, string>();
  readonly args = new Map<string, string>();
  config: { -readonly [K in keyof RuntimeConfig]: RuntimeConfig[K] } = {};
  shell: readonly string[] = ['/bin/sh', '-c'];
  cmdIsOfThisStage = false;
  line = 0;

  constructor(readonly context: StageContext) {}

  fail(message: string): void {
    this.errors.push(`${this.context.file}:${this.line}: ${message}`);
  }

  note(message: string): void {
    this.notes.push({ line: this.line, message });
  }

  expand(word: string): string {
    const variables = new Map([['PATH', BASE_PATH], ...this.args, ...this.env]);
    const missing = new Set<string>();
    const result = expand(word, variables, this.context.escapeChar, missing);
    for (const name of missing) this.note(`$${name} has no value here and stands for nothing`);
    if (result.ok) return result.value;
    for (const error of result.errors) this.fail(error);
    return '';
  }

  /** Words of `NAME=value` pairs, or the old form `NAME the rest`, where the instruction knows it. */
  pairs(text: string, oldForm: boolean): [string, string][] {
    const words = splitWords(text, this.context.escapeChar);
    const first = words[0] ?? '';
    if (oldForm && !first.includes('=') && words.length > 1)
      return [[this.expand(first), this.expand(text.slice(first.length).trim())]];
    return words.flatMap((word): [string, string][] => {
      const at = word.indexOf('=');
      if (at > 0) return [[this.expand(word.slice(0, at)), this.expand(word.slice(at + 1))]];
      this.fail(`expected NAME=value, found ${word}`);
      return [];
    });
  }
}

/** Evaluates a stage upon the stage that it is based on. */
export function evaluateStage(stage: Stage, context: StageContext): Result<StageImage, string> {
  const builder = new Builder(context);
  runStage(stage, builder);
  if (builder.errors.length > 0) return err(...builder.errors);
  const env = [...builder.env].map(([name, value]) => `${name}=${value}`);
  return ok({
    config: { ...builder.config, ...(env.length > 0 && { Env: env }) },
    copies: builder.copies,
    prepared: builder.prepared,
    notes: builder.notes,
  });
}

function runStage(stage: Stage, builder: Builder): void {
  const { context } = builder;
  const globals = globalArguments(builder);
  builder.line = stage.line;
  const image = expand(stage.image, globals, context.escapeChar);
  if (!image.ok) for (const error of image.errors) builder.fail(error);
  const base =
    image.ok &&
    context.stages.find(
      (each) => each.line < stage.line && each.name !== undefined && each.name === image.value.toLowerCase(),
    );
  if (base) runStage(base, builder);
  builder.cmdIsOfThisStage = false;
  for (const instruction of stage.instructions) {
    builder.line = lineOf(instruction);
    const keyword = instruction.getKeyword();
    const handler = HANDLERS[keyword];
    if (handler) handler(builder, argumentsOf(instruction, context.escapeChar), instruction, globals);
    else builder.fail(`${keyword} is no instruction of a Dockerfile; known are ${Object.keys(HANDLERS).join(', ')}`);
  }
}

/** Values of the ARGs before the first FROM, and the platform's (Dockerfile reference, "Automatic platform ARGs"). */
function globalArguments(builder: Builder): Map<string, string> {
  const { platform, globals, buildArguments, escapeChar } = builder.context;
  const [os = '', arch = '', variant = ''] = platform.split('/');
  const values = new Map(
    ['TARGET', 'BUILD'].flatMap((of) => [
      [`${of}PLATFORM`, platform],
      [`${of}OS`, os],
      [`${of}ARCH`, arch],
      [`${of}VARIANT`, variant],
    ]),
  ) as Map<string, string>;
  for (const instruction of globals) {
    builder.line = lineOf(instruction);
    for (const word of splitWords(argumentsOf(instruction, escapeChar), escapeChar)) {
      const [name, fallback] = splitPair(word);
      const expanded = fallback === undefined ? undefined : expand(fallback, values, escapeChar);
      const value = buildArguments[name] ?? (expanded?.ok ? expanded.value : undefined);
      if (value !== undefined) values.set(name, value);
    }
  }
  return values;
}

const splitPair = (word: string): [string, string | undefined] => {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
};

type Handler = (
  builder: Builder,
  text: string,
  instruction: Instruction,
  globals: ReadonlyMap<string, string>,
) => unknown;

const HANDLERS: Readonly<Record<string, Handler>> = {
  ARG: (b, text, _, globals) => {
    for (const word of splitWords(text, b.context.escapeChar)) {
      const [name, fallback] = splitPair(word);
      const value = b.context.buildArguments[name] ?? (fallback === undefined ? globals.get(name) : b.expand(fallback));
      if (value !== undefined) b.args.set(name, value);
    }
  },
  ENV: (b, text) => {
    for (const [name, value] of b.pairs(text, true)) b.env.set(name, value);
  },
  LABEL: (b, text) => {
    b.config.Labels = { ...b.config.Labels, ...Object.fromEntries(b.pairs(text, true)) };
  },
  WORKDIR: (b, text) => {
    const folder = b.expand(text);
    if (folder === '') return b.fail('expected WORKDIR <folder>');
    b.config.WorkingDir = posix.resolve('/', b.config.WorkingDir ?? '/', folder);
    b.copies.push({ line: b.line, sources: [], destination: asFolder(b.config.WorkingDir) });
  },
  USER: (b, text) => {
    b.config.User = b.expand(text);
  },
  EXPOSE: (b, text) => {
    const ports = splitWords(text, b.context.escapeChar).map((word) => b.expand(word));
    for (const port of ports) {
      if (!/^\d+(-\d+)?(\/(tcp|udp))?$/.test(port)) b.fail(`expected EXPOSE <port>[/tcp|/udp], found "${port}"`);
      b.config.ExposedPorts = { ...b.config.ExposedPorts, [port.includes('/') ? port : `${port}/tcp`]: {} };
    }
  },
  VOLUME: (b, text) => {
    const paths = execForm(text) ?? ok(splitWords(text, b.context.escapeChar));
    if (!paths.ok) return b.fail(paths.errors.join('; '));
    for (const path of paths.value) b.config.Volumes = { ...b.config.Volumes, [b.expand(path)]: {} };
  },
  STOPSIGNAL: (b, text) => {
    b.config.StopSignal = b.expand(text);
  },
  SHELL: (b, text) => {
    const form = execForm(text);
    if (!form?.ok || form.value.length === 0) return b.fail('expected SHELL ["program", "option"]');
    b.shell = form.value;
  },
  ENTRYPOINT: (b, text) => {
    b.config.Entrypoint = command(b, text);
    if (!b.cmdIsOfThisStage) b.config.Cmd = undefined;
  },
  CMD: (b, text) => {
    b.config.Cmd = command(b, text);
    b.cmdIsOfThisStage = true;
  },
  COPY: (b, text, instruction) => copy(b, text, instruction),
  ADD: (b, text, instruction) => copy(b, text, instruction),
  RUN: (b, text) => {
    b.prepared.push({ line: b.line, message: `RUN ${text.length > 60 ? `${text.slice(0, 60)}…` : text}` });
  },
  HEALTHCHECK: (b) => b.note('HEALTHCHECK has no effect: Kubernetes uses the probes of the manifest'),
  ONBUILD: (b) => b.note('ONBUILD has no effect in this build'),
  MAINTAINER: (b) => b.note('MAINTAINER is left out: it is deprecated, use LABEL'),
};

function command(b: Builder, text: string): string[] | undefined {
  const form = execForm(text);
  if (form && !form.ok) b.fail(form.errors.join('; '));
  if (form?.ok) return form.value;
  return text === '' ? undefined : [...b.shell, text];
}

function copy(b: Builder, text: string, instruction: Instruction): unknown {
  const keyword = instruction.getKeyword();
  if (((instruction as CopyInstruction).getHeredocs?.() ?? []).length > 0)
    return b.fail(`${keyword} of a here-document is not supported by process images: put the text into a file`);
  let mode: number | undefined;
  for (const flag of (instruction as CopyInstruction).getFlags()) {
    const name = `--${flag.getName()}`;
    const value = b.expand(flag.getValue() ?? '');
    if (name === '--from') {
      b.prepared.push({ line: b.line, message: `${keyword} --from=${value} ${text}` });
      return undefined;
    }
    if (name === '--chmod' && /^0?[0-7]{3}$/.test(value)) mode = Number.parseInt(value, 8);
    else if (name !== '--chown' && name !== '--link')
      return b.fail(
        `${keyword} ${name} is not supported by process images: known are --from, --chown, --chmod=<octal>, --link`,
      );
  }
  const form = execForm(text);
  if (form && !form.ok) return b.fail(form.errors.join('; '));
  const words = (form?.ok ? form.value : splitWords(text, b.context.escapeChar)).map((word) => b.expand(word));
  const destination = words.at(-1);
  const sources = words.slice(0, -1);
  if (destination === undefined || sources.length === 0)
    return b.fail(`expected ${keyword} <source>... <destination>, found ${keyword} ${text}`);
  for (const source of keyword === 'ADD' ? sources : []) {
    if (/^(https?:|git@|ssh:)|\.git(#|$)/.test(source))
      return b.fail(
        `ADD ${source}: process images take no remote files: fetch it in local.prepare, or keep it in the repository`,
      );
    if (/\.(tar|tar\.\w+|tgz|tbz2?|txz)$/.test(source))
      return b.fail(`ADD ${source}: process images unpack no archives: unpack it in local.prepare`);
  }
  const absolute = posix.resolve('/', b.config.WorkingDir ?? '/', destination);
  const isFolder = /(^|\/)\.{0,2}$/.test(destination);
  if (sources.length > 1 && !isFolder)
    return b.fail(`${keyword} of several sources needs a destination that ends in "/", found ${destination}`);
  return b.copies.push({ line: b.line, sources, destination: isFolder ? asFolder(absolute) : absolute, mode });
}

const asFolder = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
