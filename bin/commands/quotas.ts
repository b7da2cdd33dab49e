import { firstLimits, judgeQuotas } from '../../lib/quotas/judge';
import { withLimits } from '../../lib/quotas/limit-table';
import { quotaReport } from '../../lib/quotas/report';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { projectInventory } from '../inventory';
import { type GlobalOptions, openProject } from '../project';
import { untilStopped } from '../stop';

interface QuotaOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly limit?: Readonly<Record<string, string>>;
  readonly assembly?: string;
}

/** Prints what the project uses of AWS's limits. Ends with 1 when it is more than one of them allows. */
export async function quotas(options: QuotaOptions): Promise<void> {
  const table = withLimits(options.limit ?? {});
  if (!table.ok) throw new Failure(table.errors.join('\n'), exitCode['usage, configuration or template is wrong']);
  const project = openProject(options);
  process.exitCode = await untilStopped(async (signal) => {
    const inventory = await projectInventory(project, signal, options.assembly);
    const judged = judgeQuotas({ inventory, environments: project.config.environments }, table.value);
    const { date } = table.value;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ date, quotas: judged, first: firstLimits(judged) }, null, 2)}\n`
        : quotaReport(judged, table.value),
    );
    return judged.some(({ status }) => status === 'over') ? 1 : exitCode['all done'];
  });
}
