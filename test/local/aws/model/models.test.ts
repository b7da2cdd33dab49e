import { MODELS } from '../../../../lib/local/aws/model/models';
import { matcher } from '../../../../lib/local/aws/model/read-input';
import { operationsHere } from '../../../../lib/local/aws/operations';
import { deriveModel, FOLDERS, findBotocore } from '../../../../scripts/aws-models';

const HERE = Object.entries(operationsHere()).filter(([service]) => service !== 's3');

describe('the models of the services', () => {
  it.each(HERE)('%s: has every operation of the endpoint, and no other', (service, operations) => {
    expect(Object.keys(MODELS[service]?.operations ?? {})).toEqual([...operations]);
  });

  it('have patterns that are patterns here', () => {
    for (const model of Object.values(MODELS))
      for (const shape of Object.values(model.shapes))
        if (shape.type === 'string' && shape.pattern !== undefined)
          expect(matcher(shape.pattern)).toBeInstanceOf(RegExp);
  });

  const botocore = findBotocore();
  const versions = new Set(Object.values(MODELS).map((model) => model.botocore));
  const isSame = botocore !== undefined && versions.size === 1 && versions.has(botocore.version);
  if (!isSame)
    console.warn(
      `NOT RUN: the committed models (botocore ${[...versions].join(', ')}) against botocore itself, of which this machine has ${botocore?.version ?? 'none'}`,
    );
  (isSame ? it : it.skip).each(HERE)('%s: are what botocore says', (service, operations) => {
    const { data, version } = botocore as NonNullable<typeof botocore>;
    const derived = deriveModel(data, version, FOLDERS[service] as string, operations);
    expect(MODELS[service]).toEqual(derived);
  });
});
