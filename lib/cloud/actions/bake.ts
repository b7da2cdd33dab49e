import type { BakeAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/** Invokes the bake function with what it reads from UserParameters: `{"alarm": string, "minutes": number}`. */
export const bakeAction = (action: BakeAction, bake: { name: string; arn: string }): RenderedAction => ({
  declaration: {
    name: action.name,
    actionTypeId: { category: 'Invoke', owner: 'AWS', provider: 'Lambda', version: '1' },
    configuration: {
      FunctionName: bake.name,
      UserParameters: JSON.stringify({ alarm: action.alarm, minutes: action.minutes }),
    },
    runOrder: action.runOrder,
  },
  statements: [allow(['lambda:InvokeFunction'], [bake.arn])],
});
