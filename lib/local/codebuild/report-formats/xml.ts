import { XMLParser } from 'fast-xml-parser';

export type Element = { readonly [name: string]: unknown };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  // `ns:TestRun` is a TestRun.
  removeNSPrefix: true,
  // Character references such as &#10; as well.
  htmlEntities: true,
});

/** The document as elements by name, attributes as `@name`, text as `#text`; throws on what is not XML. */
export const parseXml = (bytes: Buffer): unknown => parser.parse(bytes, true);

export const asElement = (value: unknown): Element | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : undefined;

export const elements = (value: unknown): Element[] =>
  list(value).flatMap((item) => {
    const element = asElement(item);
    return element ? [element] : [];
  });

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** Child elements of a name; one without attributes and content counts. */
export const children = (element: Element | undefined, name: string): Element[] =>
  list(element?.[name]).flatMap((value): Element[] => {
    if (value === '') return [{}];
    const child = asElement(value);
    if (child) return [child];
    return typeof value === 'string' ? [{ '#text': value }] : [];
  });

/** Elements of a name at any depth, in their order, none inside another one of them. */
export function descendants(element: Element | undefined, name: string): Element[] {
  if (element === undefined) return [];
  return Object.entries(element).flatMap(([key, value]) => {
    if (key === name) return children(element, name);
    return key.startsWith('@') ? [] : list(value).flatMap((child) => descendants(asElement(child), name));
  });
}

/** The text of an element, whatever it holds besides. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const element = asElement(value);
  return element === undefined ? '' : String(element['#text'] ?? '');
};

export const attribute = (element: Element | undefined, name: string): string | undefined => {
  const value = element?.[`@${name}`];
  return value === undefined ? undefined : String(value);
};

export const numberOf = (value: unknown): number => {
  const parsed = Number.parseFloat(String(value ?? 0).replaceAll(',', ''));
  return Number.isFinite(parsed) ? parsed : 0;
};
