/** What does the work of a provider that does not run here: advice for the message that refuses it, by `category/owner/provider`. */
const ADVICE: Readonly<Record<string, string>> = {
  'Source/AWS/S3': 'take the source from CodeCommit or a connection; an archive can be fetched by a CodeBuild action.',
  'Source/AWS/ECR': 'name the image by a variable of the pipeline, and start it with that.',
  'Source/ThirdParty/GitHub':
    'this OAuth source has been deprecated by AWS too; use Source/AWS/CodeStarSourceConnection.',
  'Build/Custom/Jenkins': 'run the job with a CodeBuild or Commands action.',
  'Test/Custom/Jenkins': 'run the job with a CodeBuild or Commands action.',
  'Test/AWS/DeviceFarm': 'call Device Farm with the AWS CLI from a CodeBuild action, on AWS.',
  'Invoke/AWS/StepFunctions': 'start the state machine from a Lambda or Commands action, on AWS.',
  'Invoke/AWS/InspectorScan': 'scan with a tool of your own in a CodeBuild or Commands action.',
  'Deploy/AWS/CodeDeploy': 'deploy to Kubernetes (EKS action), or from a Commands action on AWS.',
  'Deploy/AWS/CodeDeployToECS': 'deploy to Kubernetes (EKS action); ECS has no stand-in here.',
  'Deploy/AWS/ECS': 'deploy to Kubernetes (EKS action); ECS has no stand-in here.',
  'Deploy/AWS/EC2': 'deploy to Kubernetes (EKS action), or copy with S3 and a CodeBuild action.',
  'Deploy/AWS/ElasticBeanstalk': 'deploy to Kubernetes (EKS action); Elastic Beanstalk has no stand-in here.',
  'Deploy/AWS/Lambda': 'publish the version with the AWS CLI from a Commands action, on AWS.',
  'Deploy/AWS/AppConfig': 'start the deployment with the AWS CLI from a Commands action, on AWS.',
  'Deploy/AWS/OpsWorks': 'OpsWorks has ended on AWS too; deploy to Kubernetes (EKS action).',
  'Deploy/AWS/ServiceCatalog': 'update the product from a Commands action, on AWS.',
  'Deploy/AWS/CloudFormationStackSet': 'deploy one stack with the CloudFormation action; more run on AWS only.',
  'Deploy/AWS/CloudFormationStackInstances': 'deploy one stack with the CloudFormation action; more run on AWS only.',
  'Deploy/ThirdParty/AlexaSkillsKit': 'deploy the skill with its own command line in a CodeBuild action.',
  'Test/ThirdParty/GhostInspector': 'call its API from a CodeBuild or Commands action.',
  'Test/ThirdParty/BlazeMeter': 'call its API from a CodeBuild or Commands action.',
  'Test/ThirdParty/Runscope': 'call its API from a CodeBuild or Commands action.',
  'Test/ThirdParty/StormRunner': 'call its API from a CodeBuild or Commands action.',
  'Build/ThirdParty/CloudBees': 'run the job with a CodeBuild or Commands action.',
  'Build/ThirdParty/TeamCity': 'run the job with a CodeBuild or Commands action.',
  'Invoke/ThirdParty/Snyk': 'run its command line in a CodeBuild or Commands action.',
};

const CATEGORIES = ['Source', 'Build', 'Test', 'Deploy', 'Invoke', 'Approval', 'Compute'];
const OWNERS = ['AWS', 'Custom', 'ThirdParty'];

export interface ActionType {
  readonly category: string;
  readonly owner: string;
  readonly provider: string;
  readonly version: string;
}

/** Why an action type is refused, and what to do; `known` are the types that run here, as `category/owner/provider`. */
export function refusalOf(type: ActionType, known: readonly string[]): string {
  const { category, owner, provider, version } = type;
  const found = `The action type ${provider} (category ${category}, owner ${owner}, version ${version})`;
  const key = `${category}/${owner}/${provider}`;
  const words = (name: string): string => name.split('/').join(' ');
  if (known.includes(key)) return `${found} does not exist on AWS or here: its version is 1.`;
  const advice = Object.hasOwn(ADVICE, key) ? ADVICE[key] : undefined;
  if (advice !== undefined) return `${found} does not run locally: ${advice}`;
  if (!CATEGORIES.includes(category))
    return `${found} does not run locally: there is no such category; expected ${CATEGORIES.join(', ')}.`;
  if (!OWNERS.includes(owner)) return `${found} does not run locally: expected the owner ${OWNERS.join(', ')}.`;
  const meant = [...known, ...Object.keys(ADVICE)].filter((name) => {
    const [, , other = ''] = name.split('/');
    return other.toLowerCase() === provider.toLowerCase();
  });
  if (meant.length > 0) return `${found} does not run locally: is ${meant.map(words).join(' or ')} meant?`;
  if (owner !== 'AWS')
    return `${found} does not run locally: its job worker is not here; call the service from a CodeBuild or Commands action.`;
  return `${found} does not run locally; these do, in version 1: ${known.map(words).join(', ')}.`;
}
