import { err, ok, type Result } from '../result';
import type { Assembly } from './assembly';
import { Evaluator } from './intrinsics';
import type { Bindings, Diagnostic, Plan } from './plan';
import { resourcesOf } from './template/find-resource';
import { Findings } from './template/node';
import { readPipeline } from './template/pipeline';

/**
 * Every pipeline of every stack of the assembly, evaluated and checked. Errors: everything at once that a run here does not
 * support or that AWS would refuse, each with its template file and path; an assembly without a pipeline. Never throws on a
 * bad template.
 */
export function readPlan(assembly: Assembly, bindings: Bindings): Result<Plan[], Diagnostic> {
  const findings = new Findings(new Evaluator(assembly, bindings));
  const plans: Plan[] = [];
  for (const resource of resourcesOf('AWS::CodePipeline::Pipeline', findings)) {
    const plan = readPipeline(resource);
    const other = plans.find(({ pipeline }) => pipeline === plan.pipeline && pipeline !== '');
    if (other !== undefined) {
      resource.node.fail(`"${plan.pipeline}" is already the name of ${other.logicalId} in stack ${other.stack}.`);
    }
    plans.push(plan);
  }
  if (plans.length === 0) {
    const message = 'No stack of this assembly holds a pipeline (AWS::CodePipeline::Pipeline); add one.';
    findings.add({ file: 'manifest.json', path: '', message });
  }
  return findings.diagnostics.length > 0 ? err(...findings.diagnostics) : ok(plans);
}
