import { KEYS, type Keys } from '../keys';

const ownNetwork = "The commands run in this machine's own network.";

/** What becomes of the members of the actions' own objects; see KEYS. Source: the action's page in the CodePipeline user guide. */
export const ACTION_KEYS = {
  commandsAction: {
    of: 'action Commands',
    reads: [...KEYS.action.reads, 'Commands', 'OutputVariables', 'EnvironmentVariables'],
  },
  commandsOutput: { of: 'output artifact', reads: ['Name', 'Files'] },
  commands: {
    of: 'configuration of a Commands action',
    reads: ['EnvironmentType', 'ComputeType'],
    ignores: { VpcId: ownNetwork, Subnets: ownNetwork, SecurityGroupIds: ownNetwork },
  },
} satisfies Record<string, Keys>;
