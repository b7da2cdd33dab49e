import { RunningBuilds } from '../../../lib/local/codebuild/running-builds';
import { linesOf } from '../../../lib/local/output-text';
import { testHost } from './host';

const host = testHost();

const BUILDSPEC = 'version: 0.2\nphases: {build: {commands: [echo go, sleep 60, echo never]}}';

describe('a build that is stopped by its id', () => {
  it('fails its action, and is known by then no more', async () => {
    const running = new RunningBuilds();
    let id = '';
    const { outcome, lines } = await host.run({
      buildspec: BUILDSPEC,
      running,
      onEvent(event) {
        if (event.kind === 'fact' && event.name === 'buildId') id = event.value;
        if (event.kind === 'output' && linesOf(event.text).includes('go')) expect(running.stop(id)).toBe(true);
      },
    });
    expect(id).toMatch(/^visits-build:[0-9a-f-]{36}$/);
    expect(outcome).toEqual({ status: 'Failed', reason: 'STOPPED: the build was stopped', externalId: id });
    expect(lines).toEqual(['go']);
    expect(running.stop(id)).toBe(false);
  });

  it('is stopped with its execution where that is stopped too', async () => {
    const stop = new AbortController();
    const running = new RunningBuilds();
    const { outcome } = await host.run({
      buildspec: BUILDSPEC,
      running,
      signal: stop.signal,
      onEvent(event) {
        if (event.kind === 'output' && linesOf(event.text).includes('go')) stop.abort();
      },
    });
    expect(outcome).toEqual({ status: 'Stopped', reason: 'the build was stopped' });
  });

  it('is not there unless it runs', () => {
    expect(new RunningBuilds().stop('visits-build:none')).toBe(false);
  });
});
