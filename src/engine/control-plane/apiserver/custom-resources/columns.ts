/** The columns of a custom resource's Table. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go */
import {
  findJsonPath,
  goJson,
  JsonPathError,
  type KubeObject,
  parseJsonPath,
  type TemplateNode,
} from '#engine/apimachinery';
import { parseTime } from '#engine/sim';
import { nameColumn } from '../registry/columns.ts';
import { fieldDescription } from '../registry/descriptions.ts';
import { sinceTime } from '../registry/human-duration.ts';
import type { Column } from '../registry/strategy.ts';
import type { Version } from './schema-props.ts';

type Definition = NonNullable<Version['additionalPrinterColumns']>[number];

const AGE: Definition = {
  name: 'Age',
  type: 'date',
  description: fieldDescription('ObjectMeta', 'creationTimestamp'),
  jsonPath: '.metadata.creationTimestamp',
};

/** Name, and what the version says; without that the age. A path that cannot be read ends the table. */
export function columnsOf({ additionalPrinterColumns = [] }: Version): readonly Column<KubeObject>[] {
  const columns: Column<KubeObject>[] = [nameColumn];
  for (const definition of additionalPrinterColumns.length > 0 ? additionalPrinterColumns : [AGE]) {
    const path = parsed(definition.jsonPath);
    if (!path) break;
    columns.push({
      name: definition.name,
      type: definition.type as Column<KubeObject>['type'],
      ...(definition.format && { format: definition.format }),
      description:
        definition.description || `Custom resource definition column (in JSONPath format): ${definition.jsonPath}`,
      ...(definition.priority && { priority: definition.priority }),
      cell: (object, now) => cellOf(definition.type, firstResult(path, object), now),
    });
  }
  return columns;
}

function parsed(jsonPath: string): readonly TemplateNode[] | undefined {
  try {
    return parseJsonPath(`{${jsonPath}}`);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function firstResult(path: readonly TemplateNode[], object: KubeObject): unknown {
  try {
    return findJsonPath(path, object, { allowMissingKeys: true })[0]?.[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function cellOf(type: string, value: unknown, now: number): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return typeof value === 'object' ? goJson(value) : String(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return parseTime(value) === undefined ? '<invalid>' : sinceTime(value, now);
    default:
      return null;
  }
}
