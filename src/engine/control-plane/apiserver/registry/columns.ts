/** Table columns that many kinds share. */
import type { Container, PodSpec } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { fieldDescription } from './descriptions.ts';
import { sinceTime } from './human-duration.ts';
import type { Column } from './strategy.ts';

export const NONE = '<none>';

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: fieldDescription('ObjectMeta', 'name'),
  cell: (object) => object.metadata.name,
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: fieldDescription('ObjectMeta', 'creationTimestamp'),
  cell: (object, now) => sinceTime(object.metadata.creationTimestamp, now),
};

/** A column that shows by default. */
export const column = <T>(
  name: string,
  type: Column<T>['type'],
  description: string,
  cell: Column<T>['cell'],
): Column<T> => ({ name, type, description, cell });

/** A column of `-o wide`. */
export const wideColumn = <T>(
  name: string,
  type: Column<T>['type'],
  description: string,
  cell: Column<T>['cell'],
): Column<T> => ({ name, type, description, cell, priority: 1 });

const containersOf = (spec: PodSpec | undefined): readonly Container[] => spec?.containers ?? [];

export const containerNames = (spec: PodSpec | undefined): string =>
  containersOf(spec)
    .map((c) => c.name)
    .join(',');
export const containerImages = (spec: PodSpec | undefined): string =>
  containersOf(spec)
    .map((c) => c.image ?? '')
    .join(',');

/** `a=b,c=d`, or `<none>` without labels. */
export function formatLabels(labels: { readonly [key: string]: string } | undefined): string {
  const texts = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return texts.length > 0 ? texts.sort().join(',') : NONE;
}

/** The wide columns of a kind with a Pod template. */
export const templateColumns = <T>(
  spec: (object: T) => PodSpec | undefined,
  selector: (object: T) => string,
  selectorDescription: string,
): readonly Column<T>[] => [
  wideColumn('Containers', 'string', 'Names of each container in the template.', (o) => containerNames(spec(o))),
  wideColumn('Images', 'string', 'Images referenced by each container in the template.', (o) =>
    containerImages(spec(o)),
  ),
  wideColumn('Selector', 'string', selectorDescription, selector),
];
