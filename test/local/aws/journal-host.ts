import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBody } from '../../../lib/local/event';
import type { ExecutionView, PipelineHost } from '../../../lib/local/pipelines/host';
import { RunFold } from '../../../lib/local/run-state';
import { planOf } from '../plan/delivery-assembly';

export const EXECUTION = '00000000-0000-4000-8000-00000000000e';
export const START = Date.parse('2026-11-21T10:00:00.000Z');

/** A pipeline with one execution whose journal a test writes, event by event, each a second after the last. */
export class JournalHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-journal-'));
  readonly plan = planOf();
  readonly fold = new RunFold();
  status: ExecutionView['status'] = 'InProgress';
  private seconds = 0;

  /** For EndpointOptions. */
  readonly pipelines = (): ReadonlyMap<string, PipelineHost> =>
    new Map([
      [
        this.plan.pipeline,
        {
          plan: this.plan,
          executions: () => [this.view()],
          execution: (id: string) => (id === EXECUTION ? this.view() : undefined),
        } as unknown as PipelineHost,
      ],
    ]);

  /** `at`: seconds after the start. */
  write(body: EventBody, at = this.seconds): void {
    this.seconds = at + 1;
    const event = { time: new Date(START + at * 1000).toISOString(), execution: EXECUTION, ...body };
    this.fold.add(event);
    appendFileSync(join(this.folder, 'journal.jsonl'), `${JSON.stringify(event)}\n`);
  }

  /** A line of an action's output. */
  line(action: string, line: string, at?: number): void {
    this.write({ kind: 'output', stage: action.split('/')[0] as string, action, stream: 'stdout', text: line }, at);
  }

  startAction(action: string, buildId?: string, at?: number): void {
    const stage = action.split('/')[0] as string;
    this.write({ kind: 'action-started', stage, action }, at);
    if (buildId !== undefined) this.write({ kind: 'fact', stage, action, name: 'buildId', value: buildId });
  }

  /** What a run that is being killed leaves. */
  tear(text: string): void {
    appendFileSync(join(this.folder, 'journal.jsonl'), text);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private view(): ExecutionView {
    return {
      execution: EXECUTION,
      type: 'STANDARD',
      status: this.status,
      version: 1,
      trigger: { type: 'StartPipelineExecution', detail: 'test' },
      started: new Date(START).toISOString(),
      updated: new Date(START).toISOString(),
      attempt: 1,
      revisions: [{ action: 'Source', artifact: 'SourceArtifact', id: 'c0ffee' }],
      state: this.fold.state,
      folder: this.folder,
    };
  }
}
