import type { ApprovalAction } from '../../model/pipeline';
import type { RenderedAction } from './rendered-action';

/** A person's yes. Source: CodePipeline user guide, action-reference-ApprovalAction. */
export const approvalAction = (action: ApprovalAction): RenderedAction => ({
  declaration: {
    name: action.name,
    actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
    configuration: {
      CustomData: action.message,
      ...(action.link !== undefined && { ExternalEntityLink: action.link }),
    },
    runOrder: action.runOrder,
    timeoutInMinutes: action.timeoutMinutes,
  },
  statements: [],
});
