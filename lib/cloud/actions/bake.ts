import type { BakeAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/** Invokes the bake function with what it reads from UserParameters (BakeParameters of lambda/bake). */
export const bakeAction = (action: BakeAction, bake: { name: string; arn: string }): RenderedAction => ({
  declaration: {
    name: action.name,
    actionTypeId: { category: 'Invoke', owner: 'AWS', provider: 'Lambda', version: '1' },
    configuration: {
      FunctionName: bake.name,
      UserParameters: JSON.stringify({
        alarm: action.alarm,
        platformAlarm: action.platformAlarm,
        minutes: action.minutes,
        url: action.url,
        version: action.version,
        inconclusive: action.inconclusive,
        ignoreAlarms: action.ignoreAlarms,
      }),
    },
    runOrder: action.runOrder,
  },
  statements: [allow(['lambda:InvokeFunction'], [bake.arn])],
});
