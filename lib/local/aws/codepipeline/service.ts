import type {
  GetPipelineInput,
  GetPipelineOutput,
  GetPipelineStateInput,
  GetPipelineStateOutput,
  ListPipelinesInput,
  ListPipelinesOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
} from '@aws-sdk/client-codepipeline';
import { err, ok } from '../../../result';
import { pageOf } from '../paging';
import { type Service, takes } from '../service';
import { actionExecutionOperations } from './action-executions';
import { findPipeline, type PipelineContext, pipelineArn } from './context';
import { controlOperations } from './control';
import { declarationOf } from './declaration';
import { executionOperations, invalidToken } from './executions';
import { jobResultOperations } from './job-results';
import { pipelineState } from './pipeline-state';
import { ruleExecutionOperations } from './rule-executions';

const LARGEST_PAGE = 1000;

/** CodePipeline (CodePipeline API reference) over the pipelines of this machine. */
export function codepipeline(context: PipelineContext): Service {
  const about = ({ name }: { readonly name?: string | undefined }): string => pipelineArn(context, name ?? '');

  return {
    prefix: 'codepipeline',
    invalidInput: 'ValidationException',
    operations: {
      ListPipelines: takes<ListPipelinesInput, ListPipelinesOutput>()(
        ['nextToken', 'maxResults'],
        ({ nextToken, maxResults = LARGEST_PAGE }) => {
          const names = [...context.pipelines().keys()].sort();
          const page = pageOf(names, (name) => name, maxResults, nextToken);
          if (!page.ok) return invalidToken(page.errors);
          const { items, ...rest } = page.value;
          const pipelines = items.flatMap((name) => {
            const host = context.pipelines().get(name);
            if (!host) return [];
            const { version, created, updated } = host.view();
            const { executionMode, declaration } = host.plan;
            const pipelineType = declaration?.pipelineType;
            const times = { created: new Date(created), updated: new Date(updated) };
            return [{ name, version, ...times, executionMode, ...(pipelineType && { pipelineType }) }];
          });
          return ok({ pipelines, ...rest });
        },
      ),
      GetPipeline: takes<GetPipelineInput, GetPipelineOutput>()(
        ['name', 'version'],
        ({ name = '', version }) => {
          const host = findPipeline(context, name);
          if (!host.ok) return host;
          const view = host.value.view();
          if (version !== undefined && version !== view.version)
            return err({
              code: 'PipelineVersionNotFoundException',
              message: `Pipeline ${name} is here in version ${view.version} alone, not in ${version}`,
            });
          const { created, updated } = view;
          return ok({
            pipeline: declarationOf(host.value.plan, view.version),
            metadata: {
              pipelineArn: pipelineArn(context, name),
              created: new Date(created),
              updated: new Date(updated),
            },
          });
        },
        about,
      ),
      GetPipelineState: takes<GetPipelineStateInput, GetPipelineStateOutput>()(
        ['name'],
        ({ name = '' }) => {
          const host = findPipeline(context, name);
          return host.ok ? ok(pipelineState(context, host.value)) : host;
        },
        about,
      ),
      ListTagsForResource: takes<ListTagsForResourceInput, ListTagsForResourceOutput>()(
        ['resourceArn', 'nextToken', 'maxResults'],
        ({ resourceArn = '' }) => {
          const known = [...context.pipelines().keys()].some((name) => pipelineArn(context, name) === resourceArn);
          // Tags of the templates have no effect on this machine and are not kept.
          return known
            ? ok({ tags: [] })
            : err({ code: 'ResourceNotFoundException', message: `There is no resource ${resourceArn}` });
        },
        ({ resourceArn }) => resourceArn,
      ),
      ...executionOperations(context),
      ...actionExecutionOperations(context),
      ...ruleExecutionOperations(context),
      ...controlOperations(context),
      ...jobResultOperations(context.account, context.jobs),
    },
  };
}
