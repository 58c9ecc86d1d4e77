/** Everything about custom resources that a server needs once it has a definition. */
import type * as cel from '#engine/cel';
import type { Etcd } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';
import { callWebhook, type WebhookSurroundings } from '../admission/webhook/client.ts';
import type { Served } from '../endpoints/endpoint.ts';
import type { DefinitionJudge } from '../registry/apiextensions/custom-resource-definition.ts';
import type { AskWebhook } from './conversion-review.ts';
import {
  definitionWarnings,
  validateDefinition,
  validateDefinitionStatus,
  validateDefinitionUpdate,
} from './definition-validation.ts';
import { nextStatus, withCondition } from './naming.ts';
import { ruleCheck } from './rule-check.ts';
import { ruleCompiler } from './rules.ts';
import { type Definition, schemaOfVersion, type Version } from './schema-props.ts';
import { serveDefinition } from './serve.ts';

export interface Machinery {
  readonly judge: DefinitionJudge;
  serve(definition: Definition): readonly Served[];
  readonly nextStatus: typeof nextStatus;
  readonly withCondition: typeof withCondition;
}

interface MachineryOptions {
  readonly world: World;
  readonly etcd: Etcd;
  readonly freeze: boolean;
  readonly cel: typeof cel;
  /** Where webhooks are found and asked; absent: this server only looks. */
  readonly surroundings: (() => WebhookSurroundings) | undefined;
}

const CONVERSION_TIMEOUT_SECONDS = 30;

/** The machinery of one server. */
export function createMachinery({ world, etcd, freeze, cel, surroundings }: MachineryOptions): Machinery {
  const ask: AskWebhook | undefined =
    surroundings &&
    (({ spec }, review) =>
      callWebhook(surroundings(), spec.conversion?.webhook?.clientConfig ?? {}, review, CONVERSION_TIMEOUT_SECONDS));
  const context = { compile: ruleCompiler(cel) };
  const rulesOf = (version: Version) => {
    const schema = schemaOfVersion(version);
    return schema && ruleCheck(cel, schema);
  };
  return {
    judge: {
      validate: (definition) => validateDefinition(definition, context),
      validateUpdate: (next, current) => validateDefinitionUpdate(next, current, context),
      validateStatus: validateDefinitionStatus,
      warnings: definitionWarnings,
    },
    serve: (definition) => serveDefinition(definition, { world, etcd, freeze, rulesOf, ask }),
    nextStatus,
    withCondition,
  };
}
