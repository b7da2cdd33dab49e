import { fakeExecutors } from '../../../lib/local/executors/fake';
import { Machine, planOf, SOURCE } from '../engine/harness';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.close());

const plan = planOf({
  Deploy: {
    actions: [
      { name: 'Prepare', runOrder: 1, namespace: 'Prepare' },
      { name: 'Apply', runOrder: 2, outputs: ['Applied'] },
      { name: 'Note', runOrder: 2 },
      { name: 'Verify', runOrder: 3, inputs: ['Applied'] },
    ],
  },
});

/** Runs it to its failure in Verify, retries it, and gives the actions that the retry ran. */
async function retried(from: string | undefined, restart = false) {
  const fake = fakeExecutors({ 'Source/Source': SOURCE, 'Deploy/Verify': [{ outcome: 'Failed' }, {}] });
  let { host, run, outcome } = await machine.start(plan, fake);
  await outcome;
  if (restart) {
    await host.close('stopped');
    host = await machine.host(plan, fake);
  }
  const before = fake.calls.length;
  const request = { stage: 'Deploy', execution: run.execution, mode: 'FAILED_ACTIONS' as const };
  const answer = await host.retryStage({ ...request, ...(from !== undefined && { from }) });
  if (!answer.ok) return answer.errors[0];
  const { status } = await host.ended(run.execution);
  const attempts = host.execution(run.execution)?.state.stages[1]?.actions.map(({ attempt }) => attempt);
  await host.close('stopped');
  return { status, ran: fake.calls.slice(before).map(({ action }) => action.name), attempts };
}

test.each([
  ['no action: what failed', undefined, ['Verify'], [1, 1, 1, 2]],
  ['the action that failed: the same', 'Verify', ['Verify'], [1, 1, 1, 2]],
  ['one before it: that one and what comes after it, not its siblings', 'Apply', ['Apply', 'Verify'], [1, 2, 1, 2]],
  ['the first one: everything after it too', 'Prepare', ['Prepare', 'Apply', 'Note', 'Verify'], [2, 2, 2, 2]],
])('a retry from %s', async (_, from, ran, attempts) => {
  expect(await retried(from)).toEqual({ status: 'Succeeded', ran, attempts });
});

test('in a later process as well', async () => {
  expect(await retried('Apply', true)).toMatchObject({ status: 'Succeeded', ran: ['Apply', 'Verify'] });
});

test('from an action that is not there it is refused', async () => {
  expect(await retried('Aply')).toEqual({ code: 'ValidationException', message: 'stage Deploy has no action Aply' });
});
