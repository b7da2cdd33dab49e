import type { BakeAction } from '../../model/pipeline';
import { allow } from '../statement';
import type { RenderedAction } from './rendered-action';

/** A function of the pipeline's account, or one of another with the role there that invokes it. */
export type FunctionReference = { readonly name: string } & (
  | { readonly arn: string; readonly roleArn?: never }
  | { readonly roleArn: string }
);

/** Invokes the bake function with what it reads from UserParameters (BakeParameters of lambda/bake). */
export const bakeAction = (action: BakeAction, bake: FunctionReference): RenderedAction => ({
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
    ...(bake.roleArn !== undefined && { roleArn: bake.roleArn }),
  },
  statements: [
    bake.roleArn === undefined
      ? allow(['lambda:InvokeFunction'], [bake.arn])
      : allow(['sts:AssumeRole'], [bake.roleArn]),
  ],
});
