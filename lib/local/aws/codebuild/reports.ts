import type {
  BatchGetReportsInput,
  BatchGetReportsOutput,
  ListReportsInput,
  ListReportsOutput,
  Report as ReportOutput,
} from '@aws-sdk/client-codebuild';
import { ok } from '../../../result';
import type { Report } from '../../event';
import { pageOf } from '../paging';
import { type Operation, takes } from '../service';
import { type BuildAttempt, reportPath } from './builds';
import { type BuildContext, codeBuildArn, invalidToken } from './context';

/** Reports of builds (CodeBuild API reference, Report). They are kept as long as the journals are. */
export function reportOperations(
  context: BuildContext,
  builds: () => readonly BuildAttempt[],
): Readonly<Record<string, Operation>> {
  const reports = (): ReportOutput[] =>
    builds().flatMap((build) => build.attempt.state.reports.map((report) => describe(context, build, report)));

  return {
    BatchGetReports: takes<BatchGetReportsInput, BatchGetReportsOutput>()(['reportArns'], ({ reportArns = [] }) => {
      const all = reports();
      const found = reportArns.map((arn) => all.find((report) => report.arn === arn));
      return ok({
        reports: found.flatMap((report) => report ?? []),
        reportsNotFound: reportArns.filter((_, index) => !found[index]),
      });
    }),
    ListReports: takes<ListReportsInput, ListReportsOutput>()(
      ['sortOrder', 'nextToken', 'maxResults', 'filter'],
      ({ sortOrder = 'DESCENDING', nextToken, maxResults = 100, filter }) => {
        const arns = reports().flatMap(({ arn, status }) =>
          arn !== undefined && (filter?.status === undefined || filter.status === status) ? [arn] : [],
        );
        const page = pageOf(sortOrder === 'DESCENDING' ? arns : arns.reverse(), (arn) => arn, maxResults, nextToken);
        if (!page.ok) return invalidToken(page.errors);
        const { items, ...rest } = page.value;
        return ok({ reports: [...items], ...rest });
      },
    ),
  };
}

function describe(context: BuildContext, { id, project, attempt }: BuildAttempt, report: Report): ReportOutput {
  const path = reportPath(id, project, report.name);
  const group = path.slice('report/'.length, path.lastIndexOf(':'));
  const common = {
    arn: codeBuildArn(context, path),
    name: path.slice('report/'.length),
    reportGroupArn: codeBuildArn(context, `report-group/${group}`),
    executionId: codeBuildArn(context, `build/${id}`),
    created: new Date(attempt.state.endedAt ?? attempt.state.startedAt ?? 0),
    truncated: false,
  };
  if (report.type === 'TEST') {
    const { total, passed, failed, skipped, duration } = report;
    return {
      ...common,
      type: 'TEST',
      status: failed > 0 ? 'FAILED' : 'SUCCEEDED',
      testSummary: {
        total,
        statusCounts: { SUCCEEDED: passed, FAILED: failed, SKIPPED: skipped, ERROR: 0, UNKNOWN: 0 },
        durationInNanoSeconds: Math.round(duration * 1e9),
      },
    };
  }
  return {
    ...common,
    type: 'CODE_COVERAGE',
    status: 'SUCCEEDED',
    codeCoverageSummary: {
      lineCoveragePercentage: report.lineCoverage,
      ...(report.branchCoverage !== undefined && { branchCoveragePercentage: report.branchCoverage }),
    },
  };
}
