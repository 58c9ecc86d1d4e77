/** The vocabulary of the API: metadata, Status, field errors, quantities, selectors, patches. */
export { type Decoded, decodeObject, zeroStruct } from './decode.ts';
export {
  type DecodeBodyOptions,
  type DecodedBody,
  decodeBody,
  type FieldValidation,
  type GroupVersionKindName,
  internalName,
  type ObjectBody,
  type PlainBody,
  readPlainBody,
} from './decode-body.ts';
export { timeFault } from './decode-scalar.ts';
export { DecodeError } from './decode-state.ts';
export { type FieldError, type FieldErrorType, fieldErrors } from './field-error.ts';
export { type FieldSet, fieldSetOf, printMembers } from './field-set.ts';
export {
  type FieldRequirement,
  type FieldSelector,
  FieldSelectorError,
  formatFieldSelector,
  matchesFields,
  parseFieldSelector,
  requiredFieldValue,
} from './fields.ts';
export { deepFreeze } from './freeze.ts';
export { DurationSyntaxError, parseGoDuration } from './go-duration.ts';
export {
  type Cidr,
  formatIp,
  type IpAddress,
  isValidCidr,
  isValidIp,
  parseCidr,
  parseIp,
  specialIpFaults,
} from './ip-address.ts';
export { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from './json-patch.ts';
export { JsonSyntaxError, type ParsedJson, parseJson } from './json-text.ts';
export { compareText, goDynamicType, isJsonMap, type JsonMap, jsonEqual } from './json-value.ts';
export { evaluateJsonPath, findJsonPath, goJson, type JsonPathOptions } from './jsonpath.ts';
export { JsonPathError, parseJsonPath, type TemplateNode } from './jsonpath-parser.ts';
export { type LabelOperator, LabelSelectorError } from './label-selector-parser.ts';
export { isQualifiedName, isValidLabelValue } from './label-syntax.ts';
export {
  formatLabelMatcher,
  formatLabelSelector,
  type LabelMatcher,
  type LabelRequirement,
  type Labels,
  labelSelectorAsMatcher,
  labelsAsMatcher,
  matchesLabels,
  parseLabelSelector,
  selectEverything,
  selectNothing,
} from './labels.ts';
export { updateManagedFields, type WriteIdentity } from './managed-fields.ts';
export { applyMergePatch, createMergePatch, createThreeWayJsonMergePatch } from './merge-patch.ts';
export {
  type Condition,
  controllerOf,
  controllerRef,
  type DeepPartial,
  type DeleteOptions,
  type DeletionPropagation,
  type Draft,
  type FieldsV1,
  type KubeList,
  type KubeObject,
  keyOf,
  type LabelSelector,
  type LabelSelectorRequirement,
  type ListMeta,
  type ManagedFieldsEntry,
  type ObjectMeta,
  type OwnerReference,
  objectKey,
  type StoredMeta,
  splitKey,
  type Time,
  type TypeMeta,
  type WatchEvent,
  type WatchEventType,
} from './meta.ts';
export {
  duplicateFields,
  type ObjectPatchType,
  type PatchedObject,
  type PatchObjectOptions,
  patchObject,
} from './patch-object.ts';
export { decodeProtobuf, ProtobufError, type ProtobufNumbers } from './protobuf.ts';
export {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  formatQuantity,
  isQuantity,
  parseQuantity,
  type Quantity,
  QuantityError,
  type QuantityFormat,
  quantityFromMilliValue,
  quantityFromValue,
  quantityMilliValue,
  quantityValue,
  roundUpQuantity,
  subQuantity,
} from './quantity.ts';
export { managedFieldsFromScale, scaleManagedFields } from './scale-managed-fields.ts';
export type {
  AnySchema,
  FieldSchema,
  ListSchema,
  MapSchema,
  ScalarFormat,
  ScalarSchema,
  Schema,
  StructSchema,
} from './schema.ts';
export { semanticEqual } from './semantic-equal.ts';
export { type ApplyIdentity, serverSideApply } from './server-side-apply.ts';
export {
  failure,
  type GroupResource,
  groupResourceName,
  isAlreadyExists,
  isConflict,
  isNotFound,
  type Status,
  type StatusCause,
  type StatusDetails,
  StatusError,
  statusErrors,
} from './status.ts';
export { createThreeWayStrategicMergePatch, createTwoWayStrategicMergePatch } from './strategic-diff.ts';
export { StrategicConflictError, StrategicMergeError } from './strategic-error.ts';
export { applyStrategicMergePatch } from './strategic-merge-patch.ts';
export { mergeTyped, typedFaults } from './typed-merge.ts';
export {
  inclusiveRangeError,
  isCIdentifier,
  isConfigMapKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isDns1123SubdomainWithUnderscore,
  isHttpHeaderName,
  isRelaxedEnvVarName,
  isValidGroupId,
  isValidPercent,
  isValidPortName,
  isValidPortNum,
  isValidUserId,
  regexError,
} from './validation-formats.ts';
export { type ParsedYaml, type ReadYaml, YamlSyntaxError } from './yaml-syntax.ts';
