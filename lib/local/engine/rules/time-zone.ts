import { err, ok, type Result } from '../../../result';

/** What the clock on the wall shows; month and day from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** A name of the time zone database, or a fixed number of minutes east of UTC. */
export type TimeZone = { readonly name: string } | { readonly offset: number };

/** Java's short names of time zones (java.time.ZoneId, SHORT_IDS), which CodePipeline's are taken for. */
const SHORT: Readonly<Record<string, string | number>> = {
  UTC: 0,
  GMT: 0,
  EST: -300,
  MST: -420,
  HST: -600,
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  CET: 'CET',
  EET: 'EET',
  MET: 'MET',
  WET: 'WET',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
};

/** Reads `Region/City`, `UTC±HH:MM` or an abbreviation (CodePipeline, rule-reference-DeploymentWindow). */
export function parseTimeZone(text: string): Result<TimeZone, string> {
  const short = Object.hasOwn(SHORT, text) ? SHORT[text] : undefined;
  if (typeof short === 'number') return ok({ offset: short });
  if (short !== undefined) return ok({ name: short });
  const [, sign, hours, minutes] = /^UTC([+-])(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (sign !== undefined && Number(hours) <= 18 && Number(minutes) <= 59)
    return ok({ offset: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) });
  if (text.includes('/') && isZone(text)) return ok({ name: text });
  const known = Object.keys(SHORT).join(', ');
  return err(`"${text}" is no time zone: expected Region/City, UTC+HH:MM, UTC-HH:MM or one of ${known}`);
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at an instant, summer time included. */
export function timeIn(zone: TimeZone, instant: Date): LocalTime {
  if ('offset' in zone) {
    const shifted = new Date(instant.getTime() + zone.offset * 60_000);
    return {
      year: shifted.getUTCFullYear(),
      month: shifted.getUTCMonth() + 1,
      day: shifted.getUTCDate(),
      hour: shifted.getUTCHours(),
      minute: shifted.getUTCMinutes(),
    };
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone.name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (type: string): number => parts.get(type as Intl.DateTimeFormatPartTypes) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  };
}
