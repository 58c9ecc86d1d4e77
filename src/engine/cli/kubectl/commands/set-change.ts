/** What every subcommand of set is: how it reads its arguments and changes an object. */
import type { Info } from '../resource/info.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';

/** Changes an object; undefined when there is nothing to change. */
export type Change = (session: Session, info: Info, object: JsonObject) => JsonObject | undefined;

export interface Setter {
  /** Splits arguments into resources and the rest. */
  readonly split: (args: readonly string[]) => {
    readonly resources: readonly string[];
    readonly rest: readonly string[];
  };
  readonly check?: (session: Session, rest: readonly string[], resources: readonly string[]) => void;
  readonly change: (rest: readonly string[], session: Session) => Change | Promise<Change>;
  /** The patch is sent even when it changes nothing. */
  readonly always?: boolean;
  readonly done: string;
  /** What a refusal of the server is told as. */
  readonly failed: string;
}
