import { type Aws, caller } from '../../lib/ops/aws';

type Answers = Readonly<Record<string, (input: never) => object | Promise<object>>>;

/** An error as the SDK throws it for an answer of a service. */
export const serviceError = (name: string, message = name): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });

export interface FakeAws extends Aws {
  /** What was sent: `<service>:<operation>`, with its input. */
  readonly sent: { readonly operation: string; readonly input: object }[];
  readonly operations: () => string[];
}

/** The SDK's clients with their `send` answered by operation; an operation without an answer is a fault of the test. */
export function fakeAws(answers: Answers, kind: Aws['kind'] = 'aws', signal = new AbortController().signal): FakeAws {
  const sent: FakeAws['sent'] = [];
  const client = (service: string) => ({
    send: async (command: { readonly input: object }) => {
      const operation = `${service}:${command.constructor.name.replace(/Command$/, '')}`;
      sent.push({ operation, input: command.input });
      const answer = answers[operation];
      if (!answer) throw new Error(`no answer to ${operation}`);
      return answer(command.input as never);
    },
  });
  return {
    kind,
    codepipeline: client('codepipeline') as unknown as Aws['codepipeline'],
    codebuild: client('codebuild') as unknown as Aws['codebuild'],
    ecr: client('ecr') as unknown as Aws['ecr'],
    kms: client('kms') as unknown as Aws['kms'],
    s3: client('s3') as unknown as Aws['s3'],
    logs: client('logs') as unknown as Aws['logs'],
    sts: client('sts') as unknown as Aws['sts'],
    region: async () => 'eu-west-1',
    call: caller(kind, signal),
    sent,
    operations: () => [...new Set(sent.map(({ operation }) => operation))].sort(),
  };
}

/** A clock whose sleep is over at once; after `most` of them it aborts, so that a loop without an end fails. */
export function countingClock(controller: AbortController, most = 100) {
  const slept: number[] = [];
  return {
    slept,
    async sleep(milliseconds: number): Promise<void> {
      slept.push(milliseconds);
      if (slept.length >= most) controller.abort();
    },
  };
}
