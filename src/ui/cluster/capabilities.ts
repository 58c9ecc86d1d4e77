/** What stands behind the API: an engine of ours can do more than a real cluster. */

export interface Capabilities {
  /** A virtual clock: pause, speeds, steps, the past, branches. */
  readonly time: boolean;
  /** Things can be broken on purpose. */
  readonly faults: boolean;
  /** A workstation with a shell, and a browser at it. */
  readonly shell: boolean;
  /** The cluster is kept on this computer, can be shared and duplicated. */
  readonly keeping: boolean;
}

export const ENGINE: Capabilities = { time: true, faults: true, shell: true, keeping: true };
export const API_ONLY: Capabilities = { time: false, faults: false, shell: false, keeping: false };
