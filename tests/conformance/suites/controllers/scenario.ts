/** A recorded history: what was asked for, and what a real control plane made of it. */

interface RecordedRequest {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly startHollowNode?: string;
  readonly stopHollowNode?: string;
  readonly labels?: { readonly [name: string]: string };
}

export interface Action {
  readonly atSeconds: number;
  readonly request: RecordedRequest;
  readonly status?: number;
  readonly error?: { readonly message?: string };
}

interface CoreEvent {
  readonly object: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

interface RecordedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface Scenario {
  readonly id: string;
  readonly actions: readonly Action[];
  readonly events: readonly { readonly t: number; readonly kind: string; readonly name: string }[];
  readonly coreEvents: readonly CoreEvent[];
  readonly final: readonly RecordedObject[];
  readonly stability?: {
    readonly coreEventsSameSet?: boolean;
    readonly finalSame?: boolean;
    readonly objectsWithSameHistory?: readonly string[];
  };
}
