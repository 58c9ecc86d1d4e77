/** Column descriptions that are the API's own words. */
import { columnDocs } from '#engine/api';

/** The documentation of a field; tools/schema says which are known. */
export const fieldDescription = (type: string, field: string): string => columnDocs[`${type}.${field}`] ?? '';
