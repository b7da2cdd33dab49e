import type { Kubectl, KubectlFailure, KubectlOptions } from '../../lib/deploy/kubectl';
import type { KubeObject } from '../../lib/deploy/objects';
import type { Clock, Log } from '../../lib/deploy/ports';
import type { EnvironmentRecord, Release, ReleaseStore } from '../../lib/deploy/release';
import { err, ok, type Result } from '../../lib/result';

/** Time that passes only where somebody sleeps. */
export class FakeClock implements Clock {
  constructor(private at = Date.parse('2026-11-21T12:00:00Z')) {}
  now(): Date {
    return new Date(this.at);
  }
  pass(milliseconds: number): void {
    this.at += milliseconds;
  }
  async sleep(milliseconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'> {
    // Everybody else gets a turn, as in a real sleep.
    await new Promise(setImmediate);
    if (signal.aborted) return 'aborted';
    this.pass(milliseconds);
    return 'elapsed';
  }
}

export class FakeLog implements Log {
  readonly lines: string[] = [];
  step(title: string): void {
    this.lines.push(`── ${title}`);
  }
  info(line: string): void {
    this.lines.push(line);
  }
  command(line: string): void {
    this.lines.push(`$ ${line}`);
  }
  get text(): string {
    return this.lines.join('\n');
  }
}

export const failure = (kind: KubectlFailure['kind'], message = `it is ${kind}`): KubectlFailure => ({
  kind,
  message,
  code: 1,
  stdout: '',
  stderr: message,
});

type Answer = string | KubectlFailure;

/** kubectl whose answers a test gives; `commands` is what it was asked. */
export class FakeKubectl implements Kubectl {
  readonly commands: string[] = [];
  readonly inputs: string[] = [];

  constructor(private readonly answer: (command: string, input: string) => Answer = () => '') {}

  get calls(): number {
    return this.commands.length;
  }

  async run(args: readonly string[], { input = '' }: KubectlOptions = {}): Promise<Result<string, KubectlFailure>> {
    const command = args.join(' ');
    this.commands.push(command);
    this.inputs.push(input);
    const answer = this.answer(command, input);
    return typeof answer === 'string' ? ok(answer) : err(answer);
  }
}

export const listText = (...items: readonly object[]): string => JSON.stringify({ kind: 'List', items });

/** A store in memory. */
export class FakeStore implements ReleaseStore {
  readonly location = 'memory';
  readonly releases = new Map<string, Release>();
  current: EnvironmentRecord = {};
  readonly history: EnvironmentRecord[] = [];
  /** When set, nothing can be written any more. */
  broken = false;

  async record(): Promise<Result<EnvironmentRecord, string>> {
    return ok(this.current);
  }
  async writeRecord(_service: string, _environment: string, record: EnvironmentRecord): Promise<Result<void, string>> {
    if (this.broken) return err('memory is full');
    this.current = record;
    this.history.push(record);
    return ok(undefined);
  }
  async read(_service: string, _environment: string, id: string): Promise<Result<Release | undefined, string>> {
    return ok(this.releases.get(id));
  }
  readonly reports = new Map<string, readonly string[]>();

  async keepReport(_service: string, _environment: string, id: string, files: ReadonlyMap<string, Buffer>) {
    this.reports.set(id, [...files.keys()]);
    return ok(undefined);
  }

  async write(release: Release): Promise<Result<void, string>> {
    if (this.broken) return err('memory is full');
    this.releases.set(release.id, release);
    return ok(undefined);
  }
}

export const object = (kind: string, name: string, more: Partial<KubeObject> = {}, apiVersion = 'v1'): KubeObject => ({
  apiVersion,
  kind,
  ...more,
  metadata: { name, namespace: 'web-dev', ...more.metadata },
});

export const deployment = (name = 'web', spec: object = {}, pod: object = {}): KubeObject =>
  object('Deployment', name, { spec: { replicas: 1, ...spec, template: { spec: pod } } }, 'apps/v1');
