import type { Json } from '../../../lib/cloud/rules/rule';
import { proves } from '../where';
import type { World } from './world';

/** Alarms, composites, dashboard, and whom they tell. */
export function provesMonitoring({ seen }: World): void {
  proves('made the alarms, their composites and the dashboard, and whom they tell is there', () => {
    expect(Object.keys(seen().alarms)).toHaveLength(25);
    expect(Object.keys(seen().composites)).toHaveLength(4);
    for (const alarm of Object.values<Json>(seen().composites))
      for (const action of alarm.AlarmActions) expect(seen().topics[action].KmsMasterKeyId).toBeDefined();
    expect(Object.keys(seen().dashboards)).toEqual(['visits-delivery']);
    expect(seen().dashboards['visits-delivery'].widgets.length).toBeGreaterThan(0);
  });
}
