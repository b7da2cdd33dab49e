import type { Evaluator, Place } from '../intrinsics';
import type { Diagnostic, IgnoredProperty } from '../plan';
import { isObject, type Json, shown } from './json';
import type { Keys } from './keys';

/** Where the readers of one assembly put what they find. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly ignored: IgnoredProperty[] = [];
  private readonly told = new Set<string>();

  constructor(readonly evaluator: Evaluator) {}

  add(diagnostic: Diagnostic): void {
    const key = `${diagnostic.file}\n${diagnostic.path}\n${diagnostic.message}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.diagnostics.push(diagnostic);
  }
}

/**
 * A value of a template and where it stands. Reading it evaluates it; what is not as expected goes to the findings, with its
 * path, and the reader carries on with an empty value, so that one pass finds everything that is wrong.
 */
export class Node {
  private settled: { value: unknown; at: Place } | undefined;
  private failed = false;

  constructor(
    readonly findings: Findings,
    private readonly place: Place,
    private readonly raw: unknown,
  ) {}

  get path(): string {
    return this.place.path;
  }

  get stack(): Place['stack'] {
    return this.place.stack;
  }

  fail(message: string): void {
    this.findings.add({ file: this.place.stack.file, path: this.place.path, message });
  }

  /** Not written, or `AWS::NoValue`. What cannot be evaluated is not absent. */
  get absent(): boolean {
    return this.value() === undefined && !this.failed;
  }

  /** The same place for a reader whose findings are kept apart. */
  apart(findings: Findings): Node {
    return new Node(findings, this.place, this.raw);
  }

  /** The whole value, evaluated; members that are absent or cannot be evaluated are left out. */
  plain(): unknown {
    const value = this.value();
    if (Array.isArray(value)) return this.items().map((item) => item.plain());
    if (!isObject(value)) return value;
    const members = this.entries().map(([key, member]) => [key, member.plain()] as const);
    return Object.fromEntries(members.filter(([, each]) => each !== undefined));
  }

  /** Not written, or `AWS::NoValue`; what cannot be evaluated is not reported, as nobody wants its value. */
  isNoValue(): boolean {
    const result = this.findings.evaluator.resolve(this.raw, this.place);
    return result.ok && result.value.value === undefined;
  }

  /** The text, if it is one and can be evaluated; nothing is reported. */
  peekText(): string | undefined {
    const result = this.findings.evaluator.resolve(this.raw, this.place);
    return result.ok && typeof result.value.value === 'string' ? result.value.value : undefined;
  }

  member(key: string): Node {
    const value = this.value();
    const at = this.settled?.at ?? this.place;
    const raw = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return new Node(this.findings, { stack: at.stack, path: `${at.path}.${key}` }, raw);
  }

  /** Its members by the list of what is read, ignored and refused; any other is an error that names it. */
  object(keys: Keys): this {
    const value = this.value();
    if (value === undefined) return this;
    if (!isObject(value)) {
      this.fail(`Expected an object, found ${shown(value)}.`);
      return this;
    }
    for (const key of Object.keys(value)) {
      const member = this.member(key);
      if (keys.reads.includes(key)) continue;
      const property = `${keys.of}.${key}`;
      const reason = Object.hasOwn(keys.ignores ?? {}, key) ? keys.ignores?.[key] : undefined;
      if (reason === undefined ? member.absent : member.isNoValue()) continue;
      const refusal = Object.hasOwn(keys.refuses ?? {}, key) ? keys.refuses?.[key] : undefined;
      if (reason !== undefined) this.findings.ignored.push({ path: member.path, property, reason });
      else if (refusal !== undefined) member.fail(`${property} is not supported locally: ${refusal}`);
      else
        member.fail(`${property} is not known to the local runner, which reads ${keys.reads.join(', ')}; remove it.`);
    }
    return this;
  }

  /** Its members, each with its name; none where it is absent or not an object. */
  entries(): [string, Node][] {
    const value = this.value();
    if (isObject(value)) return Object.keys(value).map((key) => [key, this.member(key)]);
    if (value !== undefined) this.fail(`Expected an object, found ${shown(value)}.`);
    return [];
  }

  /** Its items; none where it is absent or not a list. */
  items(): Node[] {
    const value = this.value();
    if (Array.isArray(value)) {
      const at = this.settled?.at ?? this.place;
      return value
        .map((raw, index) => new Node(this.findings, { stack: at.stack, path: `${at.path}[${index}]` }, raw))
        .filter((item) => !item.absent);
    }
    if (value !== undefined) this.fail(`Expected a list, found ${shown(value)}.`);
    return [];
  }

  /** As CloudFormation, takes numbers and booleans for text. */
  text(): string | undefined {
    const value = this.value();
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (value !== undefined) this.fail(`Expected a string, found ${shown(value)}.`);
    return undefined;
  }

  /** The whole value, evaluated; undefined where it is absent or cannot be evaluated, which is then reported. */
  json(): Json | undefined {
    const result = this.findings.evaluator.evaluate(this.raw, this.place);
    if (result.ok) return result.value;
    for (const error of result.errors) this.findings.add(error);
    return undefined;
  }

  /** Reports where it is absent. */
  required(): this {
    if (this.absent) this.fail('Is required and missing.');
    return this;
  }

  /** '' where it is missing or wrong, which is then reported. */
  requiredText(): string {
    const text = this.required().text();
    if (text === '') this.fail('Expected a string that is not empty.');
    return text ?? '';
  }

  /** A whole number from `least` to `most`. */
  integer(least: number, most: number): number | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    this.fail(`Expected a whole number from ${least} to ${most}, found ${shown(text)}.`);
    return undefined;
  }

  flag(): boolean | undefined {
    const text = this.text();
    if (text === undefined || text === 'true' || text === 'false')
      return text === undefined ? undefined : text === 'true';
    this.fail(`Expected true or false, found ${shown(text)}.`);
    return undefined;
  }

  /** One of `values`; undefined where it is absent or another, which is then reported. */
  oneOf<T extends string>(values: readonly T[], why = ''): T | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) this.fail(`Expected ${values.join(' or ')}, found ${shown(text)}.${why && ` ${why}`}`);
    return value;
  }

  /** A name; reported where it does not match. '' where it is missing. */
  name(pattern: RegExp, rule: string): string {
    const name = this.requiredText();
    if (name !== '' && !pattern.test(name)) this.fail(`Expected a name of ${rule}, found ${shown(name)}.`);
    return name;
  }

  /** What stands at this position, its members as written. */
  private value(): unknown {
    if (this.settled === undefined && !this.failed) {
      const result = this.findings.evaluator.resolve(this.raw, this.place);
      if (result.ok) this.settled = result.value;
      else {
        this.failed = true;
        for (const error of result.errors) this.findings.add(error);
      }
    }
    return this.settled?.value;
  }
}
