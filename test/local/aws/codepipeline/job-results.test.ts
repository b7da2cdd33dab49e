import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { type Surroundings, surroundings } from '../fixture';
import { codeOf } from './trial';

let here: Surroundings;
beforeEach(async () => {
  here = await surroundings();
});
afterEach(() => here.close());

describe('the result of a job', () => {
  const client = () => new CodePipelineClient(here.client());
  const job = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

  it('hands a job’s result to whoever opened it', async () => {
    const success = here.endpoint.jobs.open(job(1));
    await client().send(
      new PutJobSuccessResultCommand({
        jobId: job(1),
        outputVariables: { a: '1' },
        executionDetails: { summary: 's' },
      }),
    );
    expect(await success).toEqual({ status: 'Succeeded', variables: { a: '1' } });
    const failed = here.endpoint.jobs.open(job(2));
    await client().send(
      new PutJobFailureResultCommand({ jobId: job(2), failureDetails: { type: 'JobFailed', message: 'no' } }),
    );
    expect(await failed).toEqual({ status: 'Failed', message: 'no' });
  });

  it('goes on with a continuation token, under the same job', async () => {
    const first = here.endpoint.jobs.open(job(1));
    await client().send(new PutJobSuccessResultCommand({ jobId: job(1), continuationToken: 'again' }));
    expect(await first).toMatchObject({ continuationToken: 'again' });
    const second = here.endpoint.jobs.open(job(1));
    await client().send(new PutJobSuccessResultCommand({ jobId: job(1) }));
    expect(await second).toEqual({ status: 'Succeeded', variables: {} });
  });

  it('refuses a second result, a late one, and one of no job', async () => {
    const put = (jobId: string) => codeOf(client().send(new PutJobSuccessResultCommand({ jobId })));
    here.endpoint.jobs.open(job(1));
    await client().send(new PutJobSuccessResultCommand({ jobId: job(1) }));
    expect(await put(job(1))).toBe('InvalidJobStateException');
    here.endpoint.jobs.open(job(3));
    here.endpoint.jobs.close(job(3));
    expect(await put(job(3))).toBe('InvalidJobStateException');
    expect(await put(job(4))).toBe('JobNotFoundException');
  });
});
