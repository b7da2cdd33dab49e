import { advise } from '../../lib/cost/advice';
import { assume } from '../../lib/cost/assumptions';
import { measuredDurations } from '../../lib/cost/durations';
import { type Estate, sum } from '../../lib/cost/estate';
import { estimate } from '../../lib/cost/estimate';
import { priceTable } from '../../lib/cost/price-table';
import { costReport } from '../../lib/cost/report';
import { systemClock } from '../../lib/local/clock';
import { readHistory } from '../../lib/local/history';
import { bindings } from '../bindings';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { projectInventory } from '../inventory';
import { type GlobalOptions, openProject } from '../project';
import { untilStopped } from '../stop';

interface CostOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly assume?: Readonly<Record<string, string>>;
  readonly assembly?: string;
  /** false: durations of local runs are not looked at. */
  readonly measured: boolean;
}

/** Prints what the project costs on AWS: a month idle, each run, and what would make it cheaper. */
export async function cost(options: CostOptions): Promise<void> {
  const assumed = assume(options.assume);
  if (!assumed.ok) throw new Failure(assumed.errors.join('\n'), exitCode['usage, configuration or template is wrong']);
  const project = openProject(options);
  process.exitCode = await untilStopped(async (signal) => {
    const { resources } = await projectInventory(project, signal, options.assembly);
    const estate: Estate = {
      resources,
      environments: project.config.environments,
      prices: priceTable,
      assumptions: assumed.value,
      measured: options.measured ? await measuredDurations(readHistory(`${project.state}/runs`).runs()) : new Map(),
      today: new Date(systemClock.now()).toISOString().slice(0, 'yyyy-mm-dd'.length),
    };
    const { region } = bindings(project.config);
    process.stdout.write(options.json ? json(estate) : costReport(estate, estimate(estate), advise(estate), region));
    return exitCode['all done'];
  });
}

function json(estate: Estate): string {
  const { idle, runs, unpriced } = estimate(estate);
  const { date, region, prices, sources } = estate.prices;
  const value = {
    prices: { date, region, currency: 'USD', sources, prices },
    assumptions: estate.assumptions,
    idle: { month: sum(idle), lines: idle },
    runs: runs.map((run) => ({ ...run, usd: sum(run.lines), thousandRuns: 1000 * sum(run.lines) })),
    advice: advise(estate),
    unpriced,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
