import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { acknowledge } from '../../lib/cloud/acknowledge';
import { type Accepted, judgeAccepted } from './accepted';
import { differences, judgePacks, type Numbers, readNumbers } from './acknowledged';
import type { Finding } from './finding';

const stack = (): Stack => new Stack(new App(), 'Stack');
/** It breaks one rule of one pack: Serverless-SQSRedrivePolicy. */
const queue = (scope: Stack, id = 'Queue') => new Queue(scope, id, { enforceSSL: true });
const REASON = 'It is itself a dead-letter queue.';
const excuse = (of: Queue) => {
  for (const id of ['SQS3', 'SQSRedrivePolicy']) acknowledge(of, id, REASON);
};

describe('acknowledged findings', () => {
  it('are counted by pack', () => {
    const scope = stack();
    excuse(queue(scope));
    excuse(queue(scope, 'Other'));
    expect(judgePacks(scope)).toEqual({
      wrong: [],
      numbers: {
        AwsSolutions: 2,
        'NIST.800.53.R4': 0,
        'NIST.800.53.R5': 0,
        'PCI.DSS.321': 0,
        'HIPAA.Security': 0,
        Serverless: 2,
      },
    });
  });

  it('are no others: what nothing excuses is told', () => {
    const scope = stack();
    queue(scope);
    expect(judgePacks(scope).wrong).toEqual([
      expect.stringMatching(/^Stack\/Queue\/Resource: AwsSolutions-SQS3: /),
      expect.stringMatching(/^Stack\/Queue\/Resource: Serverless-SQSRedrivePolicy: /),
    ]);
  });

  it('are there: an acknowledgement of nothing is told', () => {
    const scope = stack();
    acknowledge(new CfnResource(scope, 'Logs', { type: 'AWS::Logs::LogGroup' }), 'LambdaTracing', REASON);
    expect(judgePacks(scope).wrong).toEqual([
      'Stack/Logs: nothing finds Serverless-LambdaTracing there: remove its acknowledgement',
    ]);
  });

  it('have an acknowledgement each', () => {
    const scope = stack();
    for (const id of ['One', 'Two']) acknowledge(queue(scope, id), 'SQS3', REASON);
    acknowledge(scope as never, 'SQSRedrivePolicy', REASON);
    expect(judgePacks(scope).wrong).toEqual([
      'Stack: the acknowledgement of Serverless-SQSRedrivePolicy excuses 2 findings: one for each',
    ]);
  });
});

describe('the table of numbers', () => {
  const numbers: Numbers = {
    AwsSolutions: 3,
    'NIST.800.53.R4': 0,
    'NIST.800.53.R5': 0,
    'PCI.DSS.321': 1,
    'HIPAA.Security': 0,
    Serverless: 0,
  };
  const table = (aws: number, pci: number) =>
    readNumbers(
      `Text.\n\n| configuration | AwsSolutions | PCI.DSS.321 |\n|---|--:|--:|\n| one | ${aws} | ${pci} |\n| other | 9 | 9 |\n`,
    )['one'];

  it('is what there is', () => {
    expect(differences('one', numbers, table(3, 1) ?? {})).toEqual([]);
  });

  it('does not let a number grow', () => {
    expect(differences('one', numbers, table(2, 1) ?? {})).toEqual([
      'one: AwsSolutions has 3 acknowledged findings, the table 2: change the template instead',
    ]);
    expect(differences('none', numbers, {})).toHaveLength(2);
  });

  it('follows a number that has shrunk', () => {
    expect(differences('one', numbers, table(3, 2) ?? {})).toEqual([
      'one: PCI.DSS.321 has only 1 acknowledged findings, the table 2: lower it',
    ]);
  });
});

describe('a list of accepted findings', () => {
  const finding: Finding = {
    rule: 'CT.SQS.PR.1',
    template: 'one.json',
    resource: 'DeadLetters1',
    message: 'No queue.',
  };
  const accepted: Accepted = { rule: 'CT.SQS.PR.1', resources: /^DeadLetters/, reason: REASON };

  it('is content with what it lists', () => {
    expect(judgeAccepted([finding], [accepted])).toEqual([]);
  });

  it('tells what it does not list: another rule, another resource', () => {
    expect(judgeAccepted([finding, { ...finding, rule: 'CT.SQS.PR.2' }], [accepted])).toEqual([
      'DeadLetters1: CT.SQS.PR.2: No queue.',
    ]);
    expect(judgeAccepted([finding, { ...finding, resource: 'Work' }], [accepted])).toEqual([
      'Work: CT.SQS.PR.1: No queue.',
    ]);
  });

  it('tells what it lists in vain', () => {
    expect(judgeAccepted([finding], [accepted, { ...accepted, resources: /^Work/ }])).toEqual([
      'nothing finds CT.SQS.PR.1 at /^Work/: take it off the list',
    ]);
  });
});
