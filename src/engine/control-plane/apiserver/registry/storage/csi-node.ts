/**
 * CSINodes: which storage drivers a Node has, and how much they carry.
 * @upstream pkg/registry/storage/csinode/strategy.go, pkg/apis/storage/validation/validation.go
 */
import { type CSINode, type CSINodeDriver, csiNodes } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { checkDriverName } from '../core/pod-validation-volumes.ts';
import { withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import {
  checkImmutable,
  checkNonNegative,
  checkQualifiedName,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';

const MAX_NODE_ID = 256;

function checkDriver(errors: Errors, at: string, driver: CSINodeDriver, names: Set<string>): void {
  const { name = '', nodeID = '', allocatable, topologyKeys = [] } = driver;
  checkDriverName(errors, `${at}.name`, name);
  if (nodeID === '') errors.push(fieldErrors.required(`${at}.nodeID`));
  if (nodeID.length > MAX_NODE_ID)
    errors.push(fieldErrors.invalid(`${at}.nodeID`, nodeID, `must be ${MAX_NODE_ID} characters or less`));
  checkNonNegative(errors, `${at}.allocatable.count`, allocatable?.count);
  if (names.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
  names.add(name);
  const keys = new Set<string>();
  for (const key of topologyKeys) {
    if (key === '') errors.push(fieldErrors.required(at));
    if (keys.has(key)) errors.push(fieldErrors.duplicate(at, key));
    keys.add(key);
    checkQualifiedName(errors, at, key);
  }
}

function validate({ spec }: CSINode): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [i, driver] of (spec.drivers ?? []).entries()) checkDriver(errors, `spec.drivers[${i}]`, driver, names);
  return errors;
}

/** What is fixed of a driver: all but how much it carries. */
const fixed = ({ name, nodeID, topologyKeys }: CSINodeDriver) => ({
  Name: name,
  NodeID: nodeID,
  TopologyKeys: topologyKeys ?? null,
  Allocatable: null,
});

function validateUpdate(next: CSINode, current: CSINode): Errors {
  const errors = validate(next);
  for (const before of current.spec.drivers ?? []) {
    const after = next.spec.drivers?.find(({ name }) => name === before.name);
    if (after) checkImmutable(errors, 'spec.drivers', fixed(after), fixed(before));
  }
  return errors;
}

/** @fidelity full */
export const csiNodeStrategy: Strategy<CSINode> = {
  resource: csiNodes,
  validateName: nameIsDnsSubdomain,
  // Go always writes the list, so that one without drivers shows null.
  defaults: (node) => withPointerDefaults(node, { spec: { drivers: null as never } }),
  validate,
  validateUpdate,
  columns: [
    nameColumn,
    column(
      'Drivers',
      'integer',
      'Drivers indicates the number of CSI drivers registered on the node',
      (o) => o.spec.drivers?.length ?? 0,
    ),
    ageColumn,
  ],
};
