import { delivery, type Fault, inVpc, production, project } from './fault';

export const TEMPLATE_FAULTS: readonly Fault[] = [
  delivery('an unknown resource type', (r) => { r['Odd'] = { Type: 'AWS::CodePipeline::Pipelines', Properties: {} }; }),
  delivery('an unknown property', (r) => { project(r).TimeOut = 5; }),
  delivery('a required property left out', (r) => { delete project(r).ServiceRole; }),
  delivery('a property of a wrong type', (r) => { project(r).TimeoutInMinutes = 'soon'; }),
  delivery('a reference to a resource that is not there', (r) => { production(r).RoleArn = { 'Fn::GetAtt': ['Nobody', 'Arn'] }; }),
  delivery('an attribute that the type has not', (r) => { production(r).ArtifactStore.Location = { 'Fn::GetAtt': ['ArtifactsBucket88671897', 'Name'] }; }),
  delivery('an import that nobody exports', (r) => { inVpc(r).VpcConfig.VpcId = { 'Fn::ImportValue': 'SlipwayCluster:NoSuchVpc' }; }),
  delivery('resources that wait for one another', (r) => { r['ArtifactsAccessLogs4D97777C'].DependsOn = ['ArtifactsBucket88671897']; }),
  delivery('DependsOn of something that is not there', (r) => { r['ArtifactsBucket88671897'].DependsOn = ['Nobody']; }),
]; // biome-ignore format: a table
