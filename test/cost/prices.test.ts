import { assume } from '../../lib/cost/assumptions';
import { priceTable } from '../../lib/cost/price-table';

it('the table has a date and a region, and every price a source', () => {
  expect(priceTable.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(priceTable.region).toMatch(/^[a-z]{2}-[a-z]+-\d$/);
  for (const [id, { usd, per, source, where }] of Object.entries(priceTable.prices)) {
    expect([id, usd > 0, per !== '', where !== '', priceTable.sources[source] !== undefined]).toEqual([
      id,
      true,
      true,
      true,
      true,
    ]);
  }
});

it('a price of third parties says that it is uncertain', () => {
  const third = Object.values(priceTable.prices).filter(({ source }) => source === 'third');
  expect(third.map(({ uncertain }) => uncertain)).toEqual(third.map(() => true));
});

it('every source is used', () => {
  const used = new Set(Object.values(priceTable.prices).map(({ source }) => source));
  expect([...used].sort()).toEqual(Object.keys(priceTable.sources).sort());
});

it('an assumption takes a number of at least 0, a share one of at most 1', () => {
  expect(assume({ nodes: '4' })).toMatchObject({ ok: true, value: { nodes: 4 } });
  const wrong = assume({ nods: '1', nodes: '-1', pods: 'many', 'nat-s3-share': '1.5' });
  expect(wrong).toMatchObject({
    ok: false,
    errors: [/"nods"/, /nodes: .*"-1"/, /pods: .*"many"/, /at most 1/].map((p) => expect.stringMatching(p)),
  });
});
